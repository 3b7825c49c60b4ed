/** What the low-pass of `band` needs to know about one plane size; all real, since the disc is symmetric. */
export interface BandTables {
  /** ⌊min(H, W) / 5⌋: the highest frequency kept, in cycles per plane. */
  readonly radius: number;
  /** cos and sin of 2πk/W for k < W, interleaved: [W, 2]. */
  readonly turns: Float32Array<ArrayBuffer>;
  /** Row v, for 0 ≤ v ≤ radius: the circular kernel along H that passes |u| ≤ √(radius² − v²), [radius + 1, H]. */
  readonly columns: Float32Array<ArrayBuffer>;
}

/**
 * Tables of the ideal low-pass over a plane of H × W: the disc u² + v² ≤ radius² around frequency zero
 * (FasterCache, arXiv:2410.19355; the radius is that of the authors' code).
 *
 * Made here in double precision and handed to the shader, because WGSL lets `cos` be off by 2⁻¹¹.
 */
export const bandTables = (height: number, width: number): BandTables => {
  const radius = Math.floor(Math.min(height, width) / 5);
  const turns = new Float32Array(2 * width);
  for (let k = 0; k < width; k++) {
    turns[2 * k] = Math.cos((2 * Math.PI * k) / width);
    turns[2 * k + 1] = Math.sin((2 * Math.PI * k) / width);
  }
  const columns = new Float32Array((radius + 1) * height);
  for (let v = 0; v <= radius; v++) {
    const highest = Math.sqrt(radius * radius - v * v);
    for (let y = 0; y < height; y++) {
      let sum = 1;
      for (let u = 1; u <= highest; u++) sum += 2 * Math.cos((2 * Math.PI * ((u * y) % height)) / height);
      columns[v * height + y] = sum / height;
    }
  }
  return { radius, turns, columns };
};
