// Shaders are template strings in TypeScript files: the one form that Vite, vitest and plain Node all read, without a
// loader, a plugin or a copy step.

/** Most terms of one launch: with its output this stays below the eight storage buffers that every device has. */
export const mostTerms = 5;

/**
 * sum[i] = Σ weightₖ · termₖ[i], bounded to ±bound where `clamped`. One thread per element.
 *
 * The text is made for the number of terms, so that a reuse reads nothing it does not need. NaN passes the bound by its
 * bits, because WGSL may assume that there is none and `clamp` would then turn a broken run into a plausible one.
 */
export const combineWgsl = (terms: number, clamped: boolean): string => {
  const each = (line: (term: number) => string): string =>
    Array.from({ length: terms }, (_, term) => line(term)).join("");
  return /* wgsl */ `
struct Params {
  count: u32,
  bound: f32,
  weights: array<vec4f, 2>,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read_write> sum: array<f32>;
${each((term) => `@group(0) @binding(${term + 2}) var<storage, read> term${term}: array<f32>;\n`)}
@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * 256u;
  if (index >= params.count) { return; }
  var value = 0.0;
${each((term) => `  value += params.weights[${term >> 2}][${term & 3}] * term${term}[index];\n`)}
  ${clamped ? "let isNaN = (bitcast<u32>(value) & 0x7fffffffu) > 0x7f800000u;" : ""}
  ${clamped ? "value = select(clamp(value, -params.bound, params.bound), value, isNaN);" : ""}
  sum[index] = value;
}
`;
};
