import type { NamedModel } from "./build.js";
import type { ModelCard } from "./card.js";

const image = (width: number, height = width): ModelCard["sizes"] => [{ width, height, frames: 1 }];

/** Models that make images. Parameters: counted on the class of diffusers 0.42.1 with this configuration. */
export const imageModels: Readonly<Record<string, NamedModel>> = {
  "FLUX.1-dev": {
    class: "FluxTransformer2DModel",
    config: { guidance_embeds: true },
    ...{ parameters: 11901408320, repository: "black-forest-labs/FLUX.1-dev" },
    source: "diffusers 0.42.1: defaults of the class; scripts/convert_flux_to_diffusers.py",
  },
  "FLUX.1-schnell": {
    class: "FluxTransformer2DModel",
    config: { guidance_embeds: false },
    ...{ parameters: 11891178560, repository: "black-forest-labs/FLUX.1-schnell" },
    ...{ guidance: "none", steps: 4, text: 256, timesteps: { kind: "flow", shift: 1 } },
    source: "diffusers 0.42.1: defaults of the class; scripts/convert_flux_to_diffusers.py",
  },
  "FLUX.1-Kontext-dev": {
    class: "FluxTransformer2DModel",
    config: { guidance_embeds: true },
    ...{ parameters: 11901408320, repository: "black-forest-labs/FLUX.1-Kontext-dev", pipeline: "FluxKontextPipeline" },
    references: 1,
    source: "diffusers 0.42.1: defaults of the class; pipeline_flux_kontext.py",
  },
  "FLUX.2-dev": {
    class: "Flux2Transformer2DModel",
    config: {},
    parameters: 32223281152,
    repository: "black-forest-labs/FLUX.2-dev",
    source: "diffusers 0.42.1: defaults of the class; pipeline_flux2.py",
  },
  "FLUX.2-klein-4B": {
    class: "Flux2Transformer2DModel",
    config: {
      num_layers: 5,
      num_single_layers: 20,
      num_attention_heads: 24,
      joint_attention_dim: 7680,
      guidance_embeds: false,
    },
    ...{
      parameters: 3875544576,
      repository: "black-forest-labs/FLUX.2-klein-4B",
      pipeline: "Flux2KleinPipeline",
      guidance: "none",
      steps: 4,
    },
    source: "diffusers 0.42.1: scripts/convert_flux2_to_diffusers.py",
  },
  "FLUX.2-klein-9B": {
    class: "Flux2Transformer2DModel",
    config: {
      num_layers: 8,
      num_single_layers: 24,
      num_attention_heads: 32,
      joint_attention_dim: 12288,
      guidance_embeds: false,
    },
    ...{
      parameters: 9078581248,
      repository: "black-forest-labs/FLUX.2-klein-9B",
      pipeline: "Flux2KleinPipeline",
      guidance: "none",
      steps: 4,
    },
    source: "diffusers 0.42.1: scripts/convert_flux2_to_diffusers.py",
  },
  "Chroma1-HD": {
    class: "ChromaTransformer2DModel",
    config: {},
    parameters: 8899983424,
    repository: "lodestones/Chroma1-HD",
    source: "diffusers 0.42.1: defaults of the class; pipeline_chroma.py",
  },
  "Qwen-Image": {
    class: "QwenImageTransformer2DModel",
    config: {},
    ...{ parameters: 20430401088, repository: "Qwen/Qwen-Image" },
    source: "diffusers 0.42.1: defaults of the class",
  },
  "Qwen-Image-Edit": {
    class: "QwenImageTransformer2DModel",
    config: {},
    ...{ parameters: 20430401088, repository: "Qwen/Qwen-Image-Edit", pipeline: "QwenImageEditPipeline" },
    ...{ text: 512, sizes: image(1024), references: 1 },
    source: "diffusers 0.42.1: defaults of the class; pipeline_qwenimage_edit.py",
  },
  "Z-Image": {
    class: "ZImageTransformer2DModel",
    config: {},
    parameters: 6154908736,
    repository: "Tongyi-MAI/Z-Image",
    source: "diffusers 0.42.1: defaults of the class; pipeline_z_image.py",
  },
  "Z-Image-Turbo": {
    class: "ZImageTransformer2DModel",
    config: {},
    ...{ parameters: 6154908736, repository: "Tongyi-MAI/Z-Image-Turbo", guidance: "none", batched: false, steps: 9 },
    source: "diffusers 0.42.1: defaults of the class; pipeline_z_image.py",
  },
  "SD3.5-large": {
    class: "SD3Transformer2DModel",
    config: { num_layers: 38, num_attention_heads: 38 },
    ...{ parameters: 8056627520, repository: "stabilityai/stable-diffusion-3.5-large" },
    source: "diffusers 0.42.1: scripts/convert_sd3_to_diffusers.py",
  },
  "SD3.5-medium": {
    class: "SD3Transformer2DModel",
    config: {
      num_layers: 24,
      num_attention_heads: 24,
      dual_attention_layers: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12],
    },
    ...{ parameters: 2243171520, repository: "stabilityai/stable-diffusion-3.5-medium", steps: 40 },
    source: "diffusers 0.42.1: scripts/convert_sd3_to_diffusers.py",
  },
  "PixArt-alpha-1024": {
    class: "PixArtTransformer2DModel",
    config: { out_channels: 8, caption_channels: 4096, sample_size: 128 },
    ...{ parameters: 611349152, repository: "PixArt-alpha/PixArt-XL-2-1024-MS" },
    source: "diffusers 0.42.1: scripts/convert_pixart_alpha_to_diffusers.py",
  },
  "DiT-XL/2-256": {
    class: "DiTTransformer2DModel",
    config: { out_channels: 8 },
    ...{ parameters: 749826464, repository: "facebook/DiT-XL-2-256" },
    source: "diffusers 0.42.1: scripts/convert_dit_to_diffusers.py",
  },
  "Kandinsky-5.0-T2I-Lite": {
    class: "Kandinsky5Transformer3DModel",
    config: {
      ...{ in_visual_dim: 16, out_visual_dim: 16, time_dim: 512, model_dim: 2560, ff_dim: 10240 },
      num_visual_blocks: 50,
    },
    ...{ parameters: 6022080576, repository: "kandinskylab/Kandinsky-5.0-T2I-Lite-sft-Diffusers" },
    ...{ latent: { channels: 16, space: 8, time: 1 }, pipeline: "Kandinsky5T2IPipeline", sizes: image(1024) },
    ...{ text: 512, decodeFlopsPerPixel: 9.99e6 },
    source: "kandinskylab/kandinsky-5@57bcb40 configs/config_t2i.yaml; diffusers 0.42.1 pipeline_kandinsky_t2i.py",
  },
};
