"""Small random decoders of diffusers, with what they decode: python tests/reference/decoders.py

Writes tests/fixtures/decoders/NAME/: vae/ and reference.safetensors (`latents` as the network makes them, `pixels`).
"""
from pathlib import Path

import torch
from diffusers import AutoencoderKL, AutoencoderTiny
from safetensors.torch import save_file

OUT = Path(__file__).parents[1] / "fixtures" / "decoders"
UP, DOWN = "UpDecoderBlock2D", "DownEncoderBlock2D"
DECODERS = {
    "tiny": (AutoencoderTiny(latent_channels=6, decoder_block_out_channels=(16,) * 4, encoder_block_out_channels=(4,) * 4, num_decoder_blocks=(2, 1, 0, 1), scaling_factor=0.7, shift_factor=0.1), (2, 6, 3, 4)),
    "tiny-silu": (AutoencoderTiny(latent_channels=4, decoder_block_out_channels=(12,) * 2, encoder_block_out_channels=(4,) * 2, num_encoder_blocks=(1, 1), num_decoder_blocks=(1, 1), act_fn="silu", upsampling_scaling_factor=3), (1, 4, 4, 3)),
    "kl": (AutoencoderKL(latent_channels=4, block_out_channels=(8, 16), layers_per_block=1, norm_num_groups=4, up_block_types=(UP,) * 2, down_block_types=(DOWN,) * 2), (1, 4, 4, 6)),
    "kl-flux": (AutoencoderKL(latent_channels=3, block_out_channels=(6, 6, 12), layers_per_block=2, norm_num_groups=3, up_block_types=(UP,) * 3, down_block_types=(DOWN,) * 3, use_post_quant_conv=False,
                use_quant_conv=False, mid_block_add_attention=False, scaling_factor=0.3611, shift_factor=0.1159), (1, 3, 2, 3)),
}
for name, (vae, shape) in DECODERS.items():
    torch.manual_seed(len(name))
    vae.eval()
    for key, value in vae.named_parameters():
        spread = 0.1 if value.ndim < 2 else value[0].numel() ** -0.5
        value.data.copy_((torch.randn_like(value) * spread + (1 if "norm" in key and key.endswith("weight") else 0)).half().float())
    folder = OUT / name
    (folder / "vae").mkdir(parents=True, exist_ok=True)
    vae.save_config(folder / "vae")
    kept = {k: v.half().contiguous() for k, v in vae.state_dict().items() if k.startswith(("decoder", "post_quant"))}
    save_file(kept, folder / "vae" / "diffusion_pytorch_model.safetensors")
    latents = torch.randn(shape)
    with torch.no_grad():
        pixels = vae.decode(latents / vae.config.scaling_factor + (vae.config.shift_factor or 0), return_dict=False)[0]
    save_file({"latents": latents, "pixels": pixels.contiguous()}, folder / "reference.safetensors")
    print(name, sum(v.numel() for v in kept.values()), tuple(pixels.shape), pixels.abs().max().item())
