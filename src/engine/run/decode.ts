import type { Backend } from "../backends/backend.js";
import type { Decoder } from "../decoders/decoder.js";
import { EngineError } from "../errors.js";
import { type Graph, type GraphValue, graphBuilder } from "../graph/builder.js";
import type { WeightStore } from "../graph/weights.js";
import { sizeOf, type Tensor } from "../tensor.js";
import { breathe } from "./breathe.js";
import { latentColours } from "./latent-colours.js";

/** A decoder with its weights on one backend, its graphs kept by size. */
export const decoding = (decoder: Decoder, weights: WeightStore, backend: Backend) => {
  const graphs = new Map<string, Graph>();
  const graphFor = (height: number, width: number): Graph => {
    const key = `decoder ${height}×${width}`;
    const found = graphs.get(key);
    if (found) return found;
    const g = graphBuilder(weights);
    g.output("pixels", decoder.decode(g, g.input("latents", [1, decoder.channels, height, width])));
    const graph = g.finish(key);
    graphs.set(key, graph);
    return graph;
  };

  const decoded = {
    /** Pixels on a side of a place of the latents. */
    factor: decoder.factor,
    /** Refuses latents of another number of channels than the decoder takes. */
    expectChannels(channels: number): void {
      if (channels !== decoder.channels)
        throw new EngineError(
          "model-config",
          `vae/ decodes ${decoder.channels} channels; the network makes ${channels}.`,
          {
            hint: "Use the decoder that belongs to this network, or remove the folder vae/ to get latents.",
          },
        );
    },
    /**
     * Latents [clips, channels, frames, H, W] as pixels [clips, 3, frames, H · f, W · f] in −1 … 1, frame by frame.
     * @throws EngineError "stopped" between two frames after `signal` is aborted; "weight-missing", "weight-shape"
     */
    async decode({ dims, data }: Tensor, signal: AbortSignal | undefined): Promise<Tensor> {
      const [clips, channels, frames, height, width] = dims as [number, number, number, number, number];
      const graph = graphFor(height, width);
      const compiled = await backend.compile(graph);
      const [{ dims: shape }] = graph.outputs as readonly [GraphValue];
      const [, out, tall, wide] = shape as [number, number, number, number];
      const [area, pixelArea] = [height * width, tall * wide];
      const pixels = new Float32Array(clips * frames * sizeOf(shape));
      for (let clip = 0; clip < clips; clip++)
        for (let frame = 0; frame < frames; frame++) {
          await breathe();
          if (signal?.aborted)
            throw new EngineError("stopped", "The run was stopped before its pictures were decoded.");
          const one = new Float32Array(channels * area);
          for (let channel = 0; channel < channels; channel++) {
            const at = ((clip * channels + channel) * frames + frame) * area;
            for (let index = 0; index < area; index++)
              one[channel * area + index] = (data[at + index] as number) / decoder.scale + decoder.shift;
          }
          const latents = backend.upload({ dims: [1, channels, height, width], data: one });
          const results = await backend.run(compiled, new Map([["latents", latents]]), new Set());
          const picture = await backend.read(results.get("pixels") as typeof latents);
          for (let channel = 0; channel < out; channel++)
            pixels.set(
              picture.subarray(channel * pixelArea, (channel + 1) * pixelArea),
              ((clip * out + channel) * frames + frame) * pixelArea,
            );
          backend.release(latents);
        }
      return { dims: [clips, out, frames, tall, wide], data: pixels };
    },
    /** Small pictures of latents, see `latentColours`: to decode a clip takes as long as several steps. */
    async colours(signal: AbortSignal | undefined): Promise<(latents: Tensor) => Tensor> {
      colours ??= await latentColours(decoder, (probes) => decoded.decode(probes, signal));
      return colours;
    },
  };
  let colours: Awaited<ReturnType<typeof latentColours>> | undefined;
  return decoded;
};

export type Decoding = ReturnType<typeof decoding>;
