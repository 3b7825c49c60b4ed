import type { NamedModel } from "./build.js";
import type { ModelCard } from "./card.js";

const video = (...all: readonly (readonly [number, number, number])[]): ModelCard["sizes"] =>
  all.map(([width, height, frames]) => ({ width, height, frames }));

const wan14b = { num_layers: 40, num_attention_heads: 40, attention_head_dim: 128, ffn_dim: 13824 };
const wan14bSizes = video([1280, 720, 81], [832, 480, 81]);
const kandinsky = { in_visual_dim: 16, out_visual_dim: 16, visual_cond: true };

/** Models that make videos. Parameters: counted on the class of diffusers 0.42.1 with this configuration. */
export const videoModels: Readonly<Record<string, NamedModel>> = {
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
    config: { out_channels: 8, activation_fn: "gelu-approximate" },
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
    config: { ...kandinsky, ...{ model_dim: 1792, ff_dim: 7168, time_dim: 512 } },
    ...{ parameters: 2007702848, repository: "kandinskylab/Kandinsky-5.0-T2V-Lite-sft-5s-Diffusers" },
    source: "ai-forever/Kandinsky-5@8ad75bc configs/config_5s_sft.yaml; diffusers 0.42.1 pipeline_kandinsky.py",
  },
  "Kandinsky-5.0-T2V-Pro": {
    class: "Kandinsky5Transformer3DModel",
    config: {
      ...kandinsky,
      ...{ model_dim: 4096, ff_dim: 16384, time_dim: 1024, num_text_blocks: 4, num_visual_blocks: 60 },
    },
    ...{ parameters: 19311325248, repository: "kandinskylab/Kandinsky-5.0-T2V-Pro-sft-5s-Diffusers" },
    source:
      "kandinskylab/kandinsky-5@ae7d348 configs/k5_pro_t2v_5s_sft_sd.yaml; diffusers 0.42.1 pipeline_kandinsky.py",
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
    config: { out_channels: 8, activation_fn: "gelu-approximate" },
    ...{ text: 300, steps: 150, sizes: video([512, 512, 65]), latent: { channels: 4, space: 8, time: 4 } },
    source: "NUS-HPC-AI-Lab/VideoSys@4cce477 videosys/models/transformers/open_sora_plan_v110_transformer_3d.py",
  },
};
