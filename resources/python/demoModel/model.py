"""A small transformer of the llama architecture, with the tensors named and laid out as GGUF has them."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F


@dataclass(frozen=True)
class Shape:
    vocabulary: int
    width: int = 256
    layers: int = 4
    heads: int = 4
    kv_heads: int = 4
    feed_forward: int = 512
    context: int = 2048
    rope_base: float = 10_000.0
    norm_epsilon: float = 1e-5

    @property
    def head_width(self) -> int:
        return self.width // self.heads


class Block(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        kv_width = shape.kv_heads * shape.head_width
        self.attn_norm = nn.RMSNorm(shape.width, eps=shape.norm_epsilon)
        self.attn_q = nn.Linear(shape.width, shape.width, bias=False)
        self.attn_k = nn.Linear(shape.width, kv_width, bias=False)
        self.attn_v = nn.Linear(shape.width, kv_width, bias=False)
        self.attn_output = nn.Linear(shape.width, shape.width, bias=False)
        self.ffn_norm = nn.RMSNorm(shape.width, eps=shape.norm_epsilon)
        self.ffn_gate = nn.Linear(shape.width, shape.feed_forward, bias=False)
        self.ffn_up = nn.Linear(shape.width, shape.feed_forward, bias=False)
        self.ffn_down = nn.Linear(shape.feed_forward, shape.width, bias=False)

    def forward(self, x: Tensor, angles: tuple[Tensor, Tensor]) -> Tensor:
        x = x + self._attend(self.attn_norm(x), angles)
        h = self.ffn_norm(x)
        return x + self.ffn_down(F.silu(self.ffn_gate(h)) * self.ffn_up(h))

    def _attend(self, x: Tensor, angles: tuple[Tensor, Tensor]) -> Tensor:
        batch, length, _ = x.shape
        def split(y: Tensor, heads: int) -> Tensor:
            return y.view(batch, length, heads, self.shape.head_width).transpose(1, 2)
        q = rotate(split(self.attn_q(x), self.shape.heads), angles)
        k = rotate(split(self.attn_k(x), self.shape.kv_heads), angles)
        v = split(self.attn_v(x), self.shape.kv_heads)
        out = F.scaled_dot_product_attention(q, k, v, is_causal=True, enable_gqa=self.shape.heads != self.shape.kv_heads)
        return self.attn_output(out.transpose(1, 2).reshape(batch, length, -1))


class Llama(nn.Module):
    def __init__(self, shape: Shape) -> None:
        super().__init__()
        self.shape = shape
        self.token_embd = nn.Embedding(shape.vocabulary, shape.width)
        self.blk = nn.ModuleList(Block(shape) for _ in range(shape.layers))
        self.output_norm = nn.RMSNorm(shape.width, eps=shape.norm_epsilon)
        self.output = nn.Linear(shape.width, shape.vocabulary, bias=False)
        for name, weight in self.named_parameters():
            if weight.dim() == 2:
                is_last = name.endswith(("attn_output.weight", "ffn_down.weight"))
                nn.init.normal_(weight, std=0.04 / (2 * shape.layers) ** 0.5 if is_last else 0.04)

    @torch.no_grad()
    def start_from(self, vectors: Tensor) -> None:
        """Begins with word vectors, and with a first layer that adds up those of the question."""
        self.token_embd.weight.copy_(vectors)
        first = self.blk[0]
        for weight, scale in ((first.attn_v.weight, 1.0), (first.attn_output.weight, 1.0), (first.attn_q.weight, 0.0)):
            weight.mul_(0.5).add_(torch.eye(self.shape.width), alpha=scale)

    def read(self, ids: Tensor) -> tuple[Tensor, Tensor]:
        """What stands at each position in the middle of the model and at its end."""
        x = self.token_embd(ids)
        middle = x
        angles = make_angles(self.shape, ids.shape[1])
        for number, block in enumerate(self.blk):
            x = block(x, angles)
            middle = x if number == self.shape.layers // 2 - 1 else middle
        return middle, x

    def predict(self, x: Tensor) -> Tensor:
        return self.output(self.output_norm(x))

    def forward(self, ids: Tensor) -> Tensor:
        return self.predict(self.read(ids)[1])


def make_angles(shape: Shape, length: int) -> tuple[Tensor, Tensor]:
    rates = shape.rope_base ** (-torch.arange(0, shape.head_width, 2).float() / shape.head_width)
    angles = torch.outer(torch.arange(length).float(), rates)
    return angles.cos(), angles.sin()


def rotate(x: Tensor, angles: tuple[Tensor, Tensor]) -> Tensor:
    """Rotary position embedding over neighbouring pairs, as llama.cpp's llama architecture has it."""
    cos, sin = (angle.to(x.dtype) for angle in angles)
    even, odd = x[..., 0::2], x[..., 1::2]
    return torch.stack((even * cos - odd * sin, even * sin + odd * cos), dim=-1).flatten(-2)


@torch.no_grad()
def answer_greedily(model: Llama, prompt: list[int], end: int, limit: int = 160) -> list[int]:
    ids = list(prompt)
    while len(ids) - len(prompt) < limit:
        following = int(model(torch.tensor([ids]))[0, -1].argmax())
        if following == end:
            break
        ids.append(following)
    return ids[len(prompt):]
