"""Trains the model from nothing on endless conversations."""

import math
import time
from collections.abc import Iterator

import torch
from torch.nn import functional as F

from conversation import FIRST_WEIGHT, Conversations
from model import Llama

PEAK_RATE, LAST_RATE = 3e-3, 3e-5
AVERAGE_FROM, AVERAGE_DECAY = 0.5, 0.99
TOKENS_PER_STEP = 2048


def train(model: Llama, conversations: Conversations, steps: int) -> Llama:
    """Returns the running average of the last weights, which answers more steadily than the last ones."""
    optimizers = _make_optimizers(model)
    average = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(AVERAGE_DECAY))
    started = time.monotonic()
    for step, (ids, weights) in enumerate(_batches(conversations, steps)):
        for group in (group for optimizer in optimizers for group in optimizer.param_groups):
            group["lr"] = _rate(step, steps)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = model(ids[:, :-1])
        losses = F.cross_entropy(logits.float().flatten(0, 1), ids[:, 1:].flatten(), reduction="none")
        counted = weights[:, 1:].flatten()
        loss = (losses * counted).sum() / counted.sum()
        model.zero_grad(set_to_none=True)
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        for optimizer in optimizers:
            optimizer.step()
        if step >= AVERAGE_FROM * steps:
            average.update_parameters(model)
        if step % 50 == 0 or step == steps - 1:
            first, rest = ((losses * (counted == weight)).sum() / (counted == weight).sum() for weight in (FIRST_WEIGHT, 1.0))
            print(f"step {step} of {steps}: loss {first.item():.3f} where answers begin, {rest.item():.3f} after, {time.monotonic() - started:.0f} s", flush=True)
    return average.module


def _make_optimizers(model: Llama) -> list[torch.optim.Optimizer]:
    """Muon for the matrices of the blocks, which learns this text in far fewer steps, AdamW for the rest."""
    matrices = [weight for weight in model.blk.parameters() if weight.dim() == 2]
    others = [weight for name, weight in model.named_parameters() if weight.dim() == 1 or name.startswith("token_embd")]
    return [
        torch.optim.Muon(matrices, lr=PEAK_RATE, weight_decay=0.05, adjust_lr_fn="match_rms_adamw"),
        torch.optim.AdamW(others, lr=PEAK_RATE, weight_decay=0.0, betas=(0.9, 0.98), fused=True),
    ]


def _batches(conversations: Conversations, steps: int) -> Iterator[tuple[torch.Tensor, torch.Tensor]]:
    """Short rows first; the last part has rows as long as the context, so that long conversations work too."""
    for first, last, length in ((0.0, 0.9, 160), (0.9, 0.97, 512), (0.97, 1.0, 2048)):
        rows = conversations.rows(length)
        for _ in range(round(first * steps), round(last * steps)):
            batch = [next(rows) for _ in range(TOKENS_PER_STEP // length)]
            yield torch.tensor([ids for ids, _ in batch]), torch.tensor([weights for _, weights in batch])


def _rate(step: int, steps: int) -> float:
    warm = min(1.0, (step + 1) / 100)
    return warm * (LAST_RATE + (PEAK_RATE - LAST_RATE) * 0.5 * (1 + math.cos(math.pi * step / steps)))
