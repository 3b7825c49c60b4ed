/**
 * The low band as FasterCache's authors define it: fft2, fftshift, a disc of radius ⌊min(H, W) / 5⌋ around
 * (H // 2, W // 2), and back, over every plane of H × W. By the transform's definition, in double precision.
 */
export const lowPassByDefinition = (data: Float32Array, height: number, width: number): Float32Array => {
  const size = height * width;
  const radius = Math.floor(Math.min(height, width) / 5);
  const low = new Float32Array(data.length);
  for (let plane = 0; plane < data.length; plane += size) {
    const sum = new Float64Array(size);
    for (let row = 0; row < height; row++)
      for (let column = 0; column < width; column++) {
        const [dy, dx] = [row - Math.floor(height / 2), column - Math.floor(width / 2)];
        if (dy * dy + dx * dx > radius * radius) continue;
        // fftshift moves frequency zero to (H // 2, W // 2), so (row, column) holds frequency (dy, dx).
        let [real, imaginary] = [0, 0];
        for (let index = 0; index < size; index++) {
          const angle = -2 * Math.PI * ((dy * Math.floor(index / width)) / height + (dx * (index % width)) / width);
          real += (data[plane + index] as number) * Math.cos(angle);
          imaginary += (data[plane + index] as number) * Math.sin(angle);
        }
        for (let index = 0; index < size; index++) {
          const angle = 2 * Math.PI * ((dy * Math.floor(index / width)) / height + (dx * (index % width)) / width);
          (sum[index] as number) += (real * Math.cos(angle) - imaginary * Math.sin(angle)) / size;
        }
      }
    low.set(sum, plane);
  }
  return low;
};
