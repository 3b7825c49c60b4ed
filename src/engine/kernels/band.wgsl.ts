/**
 * The two bands of every plane (see `bandTables`), as `splitCpu` does it: the few low frequencies of each row, a real
 * filter down each of their columns, and back. Three dispatches, each a plain sum per thread:
 *
 *   analyse     rows[p, v, y]     = Σₓ data[p, y, x] · (cos, sin)(2πvx/W)
 *   sift        sifted[p, v, y]   = Σ columns[v, y − y′ mod H] · rows[p, v, y′] · (1 or 2)/W
 *   synthesise  low[p, y, x]      = Σᵥ sifted[p, v, y] · (cos, sin)(2πvx/W),  high = data − low
 *
 * Angles come from a table because WGSL's own cos may be off by 2⁻¹¹.
 */
export const bandWgsl = /* wgsl */ `
struct Params {
  planes: u32,
  height: u32,
  width: u32,
  frequencies: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> data: array<f32>;
@group(0) @binding(2) var<storage, read> turns: array<vec2f>;
@group(0) @binding(3) var<storage, read> columns: array<f32>;
@group(0) @binding(4) var<storage, read_write> rows: array<vec2f>;
@group(0) @binding(5) var<storage, read_write> sifted: array<vec2f>;
@group(0) @binding(6) var<storage, read_write> low: array<f32>;
@group(0) @binding(7) var<storage, read_write> high: array<f32>;

@compute @workgroup_size(256)
fn analyse(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * 256u; // [planes, frequencies, height]
  if (index >= params.planes * params.frequencies * params.height) { return; }
  let y = index % params.height;
  let v = index / params.height % params.frequencies;
  let plane = index / (params.height * params.frequencies);
  let start = (plane * params.height + y) * params.width;
  var sum = vec2f(0.0);
  for (var x = 0u; x < params.width; x++) {
    sum += data[start + x] * turns[v * x % params.width];
  }
  rows[index] = sum;
}

@compute @workgroup_size(256)
fn sift(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * 256u; // [planes, frequencies, height]
  if (index >= params.planes * params.frequencies * params.height) { return; }
  let y = index % params.height;
  let v = index / params.height % params.frequencies;
  var sum = vec2f(0.0);
  for (var other = 0u; other < params.height; other++) {
    sum += columns[v * params.height + (y + params.height - other) % params.height] * rows[index - y + other];
  }
  sifted[index] = sum * select(2.0, 1.0, v == 0u) / f32(params.width);
}

@compute @workgroup_size(256)
fn synthesise(@builtin(global_invocation_id) id: vec3u, @builtin(num_workgroups) groups: vec3u) {
  let index = id.x + id.y * groups.x * 256u; // [planes, height, width]
  if (index >= params.planes * params.height * params.width) { return; }
  let x = index % params.width;
  let y = index / params.width % params.height;
  let plane = index / (params.width * params.height);
  var sum = 0.0;
  for (var v = 0u; v < params.frequencies; v++) {
    sum += dot(sifted[(plane * params.frequencies + v) * params.height + y], turns[v * x % params.width]);
  }
  low[index] = sum;
  high[index] = data[index] - sum;
}
`;
