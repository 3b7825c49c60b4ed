/** Workgroups of the first stage at most: as many partial sums as one workgroup of the second stage can take. */
export const mostPartials = 256;

/**
 * Means of |now − older|, |older|, |now| and (now − older)² in two stages. First every thread of every workgroup adds up a strided share, and
 * the workgroup folds its 256 sums in a tree: half of the threads add the other half's, until one is left. Then one
 * workgroup folds the partial sums in the same way.
 *
 * The order of additions depends on the count alone, so the same tensors give the same bits: a caching decision does
 * not change from run to run.
 */
export const measureWgsl = /* wgsl */ `
struct Params {
  count: u32,
  partials: u32,
}

@group(0) @binding(0) var<uniform> params: Params;
@group(0) @binding(1) var<storage, read> now: array<f32>;
@group(0) @binding(2) var<storage, read> older: array<f32>;
@group(0) @binding(3) var<storage, read_write> partials: array<vec4f>;
@group(0) @binding(4) var<storage, read_write> means: vec4f;

var<workgroup> sums: array<vec4f, 256>;

fn fold(local: u32, mine: vec4f) {
  sums[local] = mine;
  for (var width = 128u; width > 0u; width >>= 1u) {
    workgroupBarrier();
    if (local < width) { sums[local] += sums[local + width]; }
  }
}

@compute @workgroup_size(256)
fn partial(@builtin(local_invocation_index) local: u32, @builtin(workgroup_id) group: vec3u) {
  var mine = vec4f(0.0);
  for (var index = group.x * 256u + local; index < params.count; index += params.partials * 256u) {
    let difference = now[index] - older[index];
    mine += vec4f(abs(difference), abs(older[index]), abs(now[index]), difference * difference);
  }
  fold(local, mine);
  if (local == 0u) { partials[group.x] = sums[0]; }
}

@compute @workgroup_size(256)
fn total(@builtin(local_invocation_index) local: u32) {
  var mine = vec4f(0.0);
  if (local < params.partials) { mine = partials[local]; }
  fold(local, mine);
  if (local == 0u) { means = sums[0] / f32(params.count); }
}
`;
