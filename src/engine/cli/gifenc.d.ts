/** What the command line and the site use of gifenc; the package ships no types. */
declare module "gifenc" {
  type Palette = number[][];
  interface Encoder {
    writeFrame(index: Uint8Array, width: number, height: number, options: { palette: Palette; delay: number }): void;
    finish(): void;
    bytes(): Uint8Array;
  }
  export const GIFEncoder: () => Encoder;
  export const quantize: (rgba: Uint8Array | Uint8ClampedArray, maxColors: number) => Palette;
  export const applyPalette: (rgba: Uint8Array | Uint8ClampedArray, palette: Palette) => Uint8Array;
  /** In Node, where the package is CommonJS. */
  const gifenc: {
    readonly GIFEncoder: typeof GIFEncoder;
    readonly quantize: typeof quantize;
    readonly applyPalette: typeof applyPalette;
  };
  export default gifenc;
}
