"""Muon: momentum, then the nearest orthogonal matrix by Newton-Schulz (Jordan et al. 2024, kellerjordan.github.io/posts/muon)."""

import torch


def orthogonal(matrices: torch.Tensor, steps: int = 5) -> torch.Tensor:
    """Singular values pushed towards 1 by the quintic with Jordan's coefficients; [K, R, C] at once."""
    a, b, c = 3.4445, -4.7750, 2.0315
    tall = matrices.size(1) > matrices.size(2)
    x = matrices.transpose(1, 2) if tall else matrices
    x = x / (x.norm(dim=(1, 2), keepdim=True) + 1e-7)
    for _ in range(steps):
        gram = x @ x.transpose(1, 2)
        x = a * x + (b * gram + c * gram @ gram) @ x
    return x.transpose(1, 2) if tall else x


class Muon(torch.optim.Optimizer):
    """For matrices, and for kernels of convolutions as matrices of their output channels. Those of one shape are one batch."""

    def __init__(self, parameters, lr: float, momentum: float = 0.95, decay: float = 0.1):
        super().__init__(list(parameters), dict(lr=lr, momentum=momentum, decay=decay))

    @torch.no_grad()
    def step(self):
        for group in self.param_groups:
            by_shape: dict[torch.Size, list[torch.Tensor]] = {}
            for parameter in group["params"]:
                by_shape.setdefault(parameter.shape, []).append(parameter)
            for parameters in by_shape.values():
                gradients = torch.stack([parameter.grad.flatten(1) for parameter in parameters])
                _, rows, columns = gradients.shape
                state = self.state[parameters[0]]
                if "momentum" not in state:
                    state["momentum"] = torch.zeros_like(gradients)
                momentum = state["momentum"]
                momentum.mul_(group["momentum"]).add_(gradients)
                update = orthogonal(gradients + group["momentum"] * momentum)  # Nesterov
                rate = group["lr"] * max(1, rows / columns) ** 0.5
                torch._foreach_mul_(parameters, 1 - group["lr"] * group["decay"])
                torch._foreach_add_(parameters, [change.view(parameters[0].shape) for change in update], alpha=-rate)
