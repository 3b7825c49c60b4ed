"""diffusers' LatteTransformer3DModel, unchanged, and the noise schedule that training and sampling share."""

import torch
from diffusers import DDIMScheduler, LatteTransformer3DModel

import grammar


def build(config, channels: int = 3, columns: int = grammar.WIDTH) -> LatteTransformer3DModel:
    """`channels` of a place of a frame, `columns` of a row of the condition."""
    width = config.MODEL["num_attention_heads"] * config.MODEL["attention_head_dim"]
    model = LatteTransformer3DModel(
        **config.MODEL,
        in_channels=channels,
        out_channels=channels,
        sample_size=config.SIDE,
        video_length=config.FRAMES,
        cross_attention_dim=width,
        caption_channels=columns,
        attention_bias=True,
        activation_fn="gelu-approximate",
        norm_type="ada_norm_single",
        norm_elementwise_affine=False,
        norm_eps=1e-6,
    )
    torch.nn.init.zeros_(model.proj_out.weight)  # the first prediction is a grey clip, not noise
    torch.nn.init.zeros_(model.proj_out.bias)
    # A one-hot row picks one column: by default words come out some ten times smaller than the stream that asks for
    # them, and cross-attention learns as many times more slowly.
    torch.nn.init.normal_(model.caption_projection.linear_1.weight)
    torch.nn.init.normal_(model.caption_projection.linear_2.weight, std=1.4 * width**-0.5)
    for block in [*model.transformer_blocks, *model.temporal_transformer_blocks]:
        for out in [block.attn1.to_out[0], block.ff.net[2], *([block.attn2.to_out[0]] if block.attn2 else [])]:
            torch.nn.init.zeros_(out.weight)  # every block begins as the identity
            torch.nn.init.zeros_(out.bias)
    return model


@torch.no_grad()
def second_like_first(model: LatteTransformer3DModel) -> None:
    """Gives a network that knew one object the words of a second: each begins as the same word of the first, moved by one
    direction common to all, so that what is known of a word carries over and the two objects can be told apart."""
    weight = model.caption_projection.linear_1.weight  # [width, columns]
    tag = torch.randn(weight.size(0), generator=torch.Generator().manual_seed(0)) * weight.std() * 0.7
    for (slot, word), column in grammar.COLUMNS.items():
        if slot.endswith("2"):
            weight[:, column] = weight[:, grammar.COLUMNS[slot[:-1], word]] + tag


def scheduler() -> DDIMScheduler:
    """Clean-sample prediction from pure noise (terminal SNR 0), so patches wider than the model are no obstacle."""
    return DDIMScheduler(
        num_train_timesteps=1000,
        beta_start=0.00085,
        beta_end=0.012,
        beta_schedule="scaled_linear",
        prediction_type="sample",
        timestep_spacing="trailing",
        rescale_betas_zero_snr=True,
        clip_sample=False,
        set_alpha_to_one=True,
    )


def noise_table() -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    """alpha, sigma and flow time alpha / (alpha + sigma) (1 = clean) of each of the 1000 timesteps."""
    alpha = scheduler().alphas_cumprod.sqrt()
    sigma = (1 - alpha**2).sqrt()
    return alpha, sigma, alpha / (alpha + sigma)


def rows(prompts: list[dict[str, str]]) -> torch.Tensor:
    """One-hot conditions, [N, slots, columns]; an empty prompt is all pads."""
    index = torch.tensor([grammar.indices(prompt) for prompt in prompts])
    return torch.nn.functional.one_hot(index, grammar.WIDTH).float()
