"""What the autoencoder is trained on: crops of frames that are rendered as it goes, on the generator's device."""

import torch

from scenes.grammar import draw
from scenes.render import render

SIDE, CROP = 144, 72


class Frames:
    """Crops of a store of frames; half of them around the object. Every `LIFE` batches new clips replace a share."""

    TIMES, LIFE = 2, 4

    def __init__(self, generator: torch.Generator, batch: int):
        self.generator, self.size, self.count, self.part = generator, batch, 0, max(1, batch // 2)
        parts = [self.rendered() for _ in range(12)]
        self.frames, self.cover = (torch.cat(some) for some in zip(*parts))

    def rendered(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Frames in [-1, 1] [N, 3, S, S] and covers [N, S, S], kept in half precision."""
        prompts = draw(self.part, self.generator)
        times = torch.rand(self.TIMES, generator=self.generator, device=self.generator.device)
        clips, cover = render(prompts, times, SIDE, self.generator)
        return clips.transpose(1, 2).flatten(0, 1).half(), cover.flatten(0, 1).half()

    def batch(self) -> tuple[torch.Tensor, torch.Tensor]:
        """Crops [B, 3, C, C], channels last, and covers [B, C, C]."""
        share = self.part * self.TIMES
        if self.count % self.LIFE == 0:
            first = self.count // self.LIFE * share % len(self.frames)
            self.frames[first : first + share], self.cover[first : first + share] = self.rendered()
        self.count += 1
        with torch.device(self.generator.device):
            rand = lambda *shape: torch.rand(*shape, generator=self.generator)  # noqa: E731
            picked = torch.randint(len(self.frames), (self.size,), generator=self.generator)
            anywhere = torch.randint(SIDE - CROP + 1, (self.size, 2), generator=self.generator)
            seen, places = (self.cover[picked] > 0.5).float(), torch.arange(SIDE).float()
            area = seen.sum((1, 2))
            middle = torch.stack([seen.sum(2) @ places, seen.sum(1) @ places], 1) / area.clamp(min=1)[:, None]
            around = (middle - CROP / 2 + 16 * (rand(self.size, 2) - 0.5)).round().long().clamp(0, SIDE - CROP)
            near = (rand(self.size) < 0.5) & (area > 0)
            top, left = torch.where(near[:, None], around, anywhere).T[..., None]
            one, row, column = picked[:, None, None], (top + torch.arange(CROP))[:, :, None], (left + torch.arange(CROP))[:, None]
            crops = self.frames.permute(0, 2, 3, 1)[one, row, column].permute(0, 3, 1, 2)
            return crops.float(), self.cover[one, row, column].float()
