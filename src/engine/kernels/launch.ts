/** One dispatch: an entry point of a shader, its buffers by binding number, and how many threads it needs. */
export interface Launch {
  readonly shader: string;
  readonly entry: string;
  readonly buffers: Readonly<Record<number, GPUBuffer>>;
  readonly threads: number;
}

const workgroup = 256;
const mostGroups = 65535; // per dimension, on every device

/**
 * Records dispatches on one device. Pipelines are made on first use and kept; the same shader text is compiled once.
 * All shaders here have workgroups of 256 and find their index as id.x + id.y · groups.x · 256.
 */
export const launcher = (device: GPUDevice) => {
  const shaders = new Map<
    string,
    { readonly module: GPUShaderModule; readonly pipelines: Map<string, GPUComputePipeline> }
  >();

  const pipelineOf = (code: string, entryPoint: string): GPUComputePipeline => {
    const shader = shaders.get(code) ?? { module: device.createShaderModule({ code }), pipelines: new Map() };
    shaders.set(code, shader);
    const { module, pipelines } = shader;
    const compute = { module, entryPoint };
    const pipeline =
      pipelines.get(entryPoint) ?? device.createComputePipeline({ layout: "auto", compute, label: entryPoint });
    pipelines.set(entryPoint, pipeline);
    return pipeline;
  };

  return (encoder: GPUCommandEncoder, launches: readonly Launch[]): void => {
    const pass = encoder.beginComputePass();
    for (const { shader, entry, buffers, threads } of launches) {
      const pipeline = pipelineOf(shader, entry);
      const entries = Object.entries(buffers).map(([binding, buffer]) => ({
        binding: Number(binding),
        resource: { buffer },
      }));
      pass.setPipeline(pipeline);
      pass.setBindGroup(0, device.createBindGroup({ layout: pipeline.getBindGroupLayout(0), entries }));
      const groups = Math.ceil(threads / workgroup);
      const across = Math.min(groups, mostGroups);
      pass.dispatchWorkgroups(across, Math.ceil(groups / across));
    }
    pass.end();
  };
};
