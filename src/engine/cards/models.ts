import type { CardFacts } from "./build.js";
import type { ModelCard } from "./card.js";

/** A named model: its class, what its config.json says, and what differs from the class's usual run. */
export interface NamedModel extends CardFacts {
  readonly class: string;
  readonly config: Readonly<Record<string, unknown>>;
}

const image = (width: number, height = width): ModelCard["sizes"] => [{ width, height, frames: 1 }];
const video = (...all: readonly (readonly [number, number, number])[]): ModelCard["sizes"] =>
  all.map(([width, height, frames]) => ({ width, height, frames }));

const wan14b = { num_layers: 40, num_attention_heads: 40, attention_head_dim: 128, ffn_dim: 13824 };
const wan14bSizes = video([1280, 720, 81], [832, 480, 81]);

const kandinskyVideo = { in_visual_dim: 16, out_visual_dim: 16, visual_cond: true };

/** Every card by the model's own name. Parameters: counted on the class of diffusers 0.42.1 with this configuration. */
export const namedModels: Readonly<Record<string, NamedModel>> = {
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
  HunyuanVideo: {
    class: "HunyuanVideoTransformer3DModel",
    config: {},
    ...{ parameters: 12821012544, repository: "hunyuanvideo-community/HunyuanVideo" },
    source: "diffusers 0.42.1: defaults of the class; scripts/convert_hunyuan_video_to_diffusers.py",
  },
  "HunyuanVideo-1.5": {
    class: "HunyuanVideo15Transformer3DModel",
    config: {},
    ...{ parameters: 8326608160, repository: "hunyuanvideo-community/HunyuanVideo-1.5-Diffusers-480p_t2v" },
    image: 729,
    source: "diffusers 0.42.1: defaults of the class; pipeline_hunyuan_video1_5.py",
  },
  "Wan2.1-1.3B": {
    class: "WanTransformer3DModel",
    config: { num_layers: 30, num_attention_heads: 12, attention_head_dim: 128, ffn_dim: 8960 },
    ...{
      parameters: 1418996800,
      repository: "Wan-AI/Wan2.1-T2V-1.3B-Diffusers",
      timesteps: { kind: "flow", shift: 3, laid: "unipc" },
    },
    sizes: video([832, 480, 81]),
    source: "diffusers 0.42.1: scripts/convert_wan_to_diffusers.py",
  },
  "Wan2.1-14B": {
    class: "WanTransformer3DModel",
    config: wan14b,
    ...{ parameters: 14288491584, repository: "Wan-AI/Wan2.1-T2V-14B-Diffusers", sizes: wan14bSizes },
    source: "diffusers 0.42.1: scripts/convert_wan_to_diffusers.py",
  },
  "Wan2.1-14B-I2V": {
    class: "WanTransformer3DModel",
    config: { ...wan14b, in_channels: 36, added_kv_proj_dim: 5120, image_dim: 1280 },
    ...{
      parameters: 16394878784,
      repository: "Wan-AI/Wan2.1-I2V-14B-720P-Diffusers",
      pipeline: "WanImageToVideoPipeline",
    },
    ...{ image: 257, steps: 40, sizes: wan14bSizes },
    source: "diffusers 0.42.1: scripts/convert_wan_to_diffusers.py",
  },
  "Wan2.2-A14B": {
    class: "WanTransformer3DModel",
    config: wan14b,
    ...{ parameters: 14288491584, repository: "Wan-AI/Wan2.2-T2V-A14B-Diffusers", steps: 40, sizes: wan14bSizes },
    ...{ experts: { count: 2, boundary: 0.875 }, timesteps: { kind: "flow", shift: 12, laid: "unipc" } },
    source: "diffusers 0.42.1: scripts/convert_wan_to_diffusers.py; Wan-Video/Wan2.2 wan/configs/wan_t2v_A14B.py",
  },
  "Wan2.2-I2V-A14B": {
    class: "WanTransformer3DModel",
    config: { ...wan14b, in_channels: 36 },
    ...{ parameters: 14289736704, repository: "Wan-AI/Wan2.2-I2V-A14B-Diffusers", pipeline: "WanImageToVideoPipeline" },
    ...{ experts: { count: 2, boundary: 0.9 }, steps: 40, sizes: wan14bSizes },
    source: "diffusers 0.42.1: scripts/convert_wan_to_diffusers.py; Wan-Video/Wan2.2 wan/configs/wan_i2v_A14B.py",
  },
  "Wan2.2-TI2V-5B": {
    class: "WanTransformer3DModel",
    config: {
      num_layers: 30,
      num_attention_heads: 24,
      attention_head_dim: 128,
      ffn_dim: 14336,
      in_channels: 48,
      out_channels: 48,
      expand_timesteps: true,
    },
    ...{
      parameters: 4999787712,
      repository: "Wan-AI/Wan2.2-TI2V-5B-Diffusers",
      latent: { channels: 48, space: 16, time: 4 },
    },
    ...{ sizes: video([1280, 704, 121]), decodeFlopsPerPixel: 8.62e6 },
    source: "diffusers 0.42.1: scripts/convert_wan_to_diffusers.py",
  },
  "CogVideoX-2b": {
    class: "CogVideoXTransformer3DModel",
    config: {},
    ...{ parameters: 1693783872, repository: "zai-org/CogVideoX-2b" },
    source: "diffusers 0.42.1: defaults of the class; scripts/convert_cogvideox_to_diffusers.py",
  },
  "CogVideoX-5b": {
    class: "CogVideoXTransformer3DModel",
    config: { num_layers: 42, num_attention_heads: 48 },
    ...{ parameters: 5570283072, repository: "zai-org/CogVideoX-5b" },
    source: "diffusers 0.42.1: scripts/convert_cogvideox_to_diffusers.py",
  },
  "CogVideoX1.5-5B": {
    class: "CogVideoXTransformer3DModel",
    config: { num_layers: 42, num_attention_heads: 48, patch_size_t: 2 },
    ...{ parameters: 5570676352, repository: "zai-org/CogVideoX1.5-5B", text: 224, sizes: video([1360, 768, 81]) },
    source: "diffusers 0.42.1: scripts/convert_cogvideox_to_diffusers.py",
  },
  "Latte-1": {
    class: "LatteTransformer3DModel",
    config: { out_channels: 8 },
    ...{ parameters: 1057246880, repository: "maxin-cn/Latte-1" },
    source: "diffusers 0.42.1: latte_transformer_3d.py; config.json of the repository",
  },
  "LTX-Video-2B": {
    class: "LTXVideoTransformer3DModel",
    config: {},
    ...{ parameters: 1923385472, repository: "Lightricks/LTX-Video" },
    source: "diffusers 0.42.1: defaults of the class",
  },
  "LTX-2": {
    class: "LTX2VideoTransformer3DModel",
    config: {},
    ...{ parameters: 18876174592, repository: "Lightricks/LTX-2" },
    source: "diffusers 0.42.1: defaults of the class; pipeline_ltx2.py",
  },
  "Kandinsky-5.0-T2V-Lite": {
    class: "Kandinsky5Transformer3DModel",
    config: { ...kandinskyVideo, ...{ model_dim: 1792, ff_dim: 7168, time_dim: 512 } },
    ...{ parameters: 2007702848, repository: "kandinskylab/Kandinsky-5.0-T2V-Lite-sft-5s-Diffusers" },
    source: "ai-forever/Kandinsky-5@8ad75bc configs/config_5s_sft.yaml; diffusers 0.42.1 pipeline_kandinsky.py",
  },
  "Kandinsky-5.0-T2V-Pro": {
    class: "Kandinsky5Transformer3DModel",
    config: {
      ...kandinskyVideo,
      ...{ model_dim: 4096, ff_dim: 16384, time_dim: 1024, num_text_blocks: 4, num_visual_blocks: 60 },
    },
    ...{ parameters: 19311325248, repository: "kandinskylab/Kandinsky-5.0-T2V-Pro-sft-5s-Diffusers" },
    source:
      "kandinskylab/kandinsky-5@ae7d348 configs/k5_pro_t2v_5s_sft_sd.yaml; diffusers 0.42.1 pipeline_kandinsky.py",
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
  "MiniMax-H3": {
    class: "MiniMaxH3Transformer3DModel",
    config: {},
    ...{ parameters: 33122992896, repository: "MiniMaxAI/MiniMax-H3" },
    source: "diffusers 0.42.1: defaults of the class; modular_pipelines/minimax_h3",
  },
  "Mochi-1": {
    class: "MochiTransformer3DModel",
    config: {},
    ...{ parameters: 10027677744, repository: "genmo/mochi-1-preview" },
    source: "diffusers 0.42.1: defaults of the class",
  },
  "Open-Sora-1.2": {
    class: "STDiT3",
    config: { out_channels: 8 },
    source: "NUS-HPC-AI-Lab/VideoSys@4cce477 videosys/models/transformers/open_sora_transformer_3d.py",
  },
  "Open-Sora-Plan-1.1": {
    class: "LatteTransformer3DModel",
    config: { out_channels: 8 },
    ...{ text: 300, steps: 150, sizes: video([512, 512, 65]), latent: { channels: 4, space: 8, time: 4 } },
    source: "NUS-HPC-AI-Lab/VideoSys@4cce477 videosys/models/transformers/open_sora_plan_v110_transformer_3d.py",
  },
};
