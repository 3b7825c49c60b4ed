"""diffusers' AutoencoderTiny, unchanged, at a size of ours: 8 × 8 pixels become one place of `latent_channels` numbers.

One width throughout, since the class takes no other. Width 32 decodes a frame of 144 × 144 in under 60 ms of one core in
WASM (48 took 139 ms), most of it in the one convolution at full resolution.
"""

import torch
from diffusers import AutoencoderTiny

WIDTH, CHANNELS = 32, 8


def build(width: int = WIDTH, channels: int = CHANNELS) -> AutoencoderTiny:
    return AutoencoderTiny(
        encoder_block_out_channels=(width,) * 4,
        decoder_block_out_channels=(width,) * 4,
        latent_channels=channels,
        num_encoder_blocks=(0, 1, 2, 3),
        num_decoder_blocks=(4, 3, 1, 0),
    )


def loss_of(autoencoder: AutoencoderTiny, frames: torch.Tensor, cover: torch.Tensor, noise: float = 0.05):
    """Loss, and mean square error; frames in [-1, 1], [N, 3, S, S], cover of the object [N, S, S].

    Pixels and the steps between neighbours, which are the edges; the object counts three times. Latents are held at mean
    0 and deviation 1 in every channel, so that the transformer needs no constants, and decoded with a little noise, as
    the transformer's latents will have some.
    """
    with torch.autocast(frames.device.type, torch.bfloat16, enabled=frames.is_cuda):
        latents = autoencoder.encoder(frames)
        decoded = autoencoder.decoder(latents + noise * torch.randn_like(latents))
    latents, decoded = latents.float(), decoded.float()
    error, weight = decoded - frames, (1 + 2 * cover)[:, None]
    pixels = (((error * error + 1e-4).sqrt() + 2 * error * error) * weight).mean()
    edges = (error.diff(dim=-1).abs() * weight[..., 1:]).mean() + (error.diff(dim=-2).abs() * weight[..., 1:, :]).mean()
    mean, deviation = latents.mean((0, 2, 3)), latents.std((0, 2, 3))
    spread = mean.square().mean() + (deviation - 1).square().mean()
    return pixels + 0.7 * edges + 0.05 * spread, error.detach().square().mean()


@torch.no_grad()
def encode(autoencoder: AutoencoderTiny, clips: torch.Tensor, chunk: int = 32) -> torch.Tensor:
    """Clips [N, 3, F, S, S] to latents [N, C, F, S/8, S/8]."""
    frames = clips.transpose(1, 2).flatten(0, 1).contiguous(memory_format=torch.channels_last)
    latents = torch.cat([autoencoder.encoder(some) for some in frames.split(chunk)])
    return latents.unflatten(0, (len(clips), -1)).transpose(1, 2).contiguous()


@torch.no_grad()
def decode(autoencoder: AutoencoderTiny, latents: torch.Tensor, chunk: int = 32) -> torch.Tensor:
    """The inverse of `encode`."""
    places = latents.transpose(1, 2).flatten(0, 1)
    frames = torch.cat([autoencoder.decoder(some) for some in places.split(chunk)])
    return frames.unflatten(0, (len(latents), -1)).transpose(1, 2)
