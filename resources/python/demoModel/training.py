"""Trains the model from nothing on endless conversations."""

import math
import time
from collections.abc import Iterator

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from conversation import FIRST_WEIGHT, NO_TOPIC, Conversations
from model import Llama
from wordBag import train_word_bag

PEAK_RATE, LAST_RATE, WARM_STEPS = 2e-3, 2e-5, 40
AVERAGE_FROM, AVERAGE_DECAY = 0.6, 0.98
TOKENS_PER_STEP = 2048
# Single questions first, then conversations of all lengths in turn, up to the whole context.
SINGLE_SHARE, SINGLE_LENGTH = 0.3, 48
LENGTHS = (192, 96, 384, 192, 1024, 192, 96, 384, 192, 2048)


def train(model: Llama, conversations: Conversations, steps: int) -> Llama:
    """Returns the running average of the last weights, which answers more steadily than the last ones."""
    bag = train_word_bag(conversations, model.shape.vocabulary, model.shape.width)
    model.start_from(bag.vectors)
    topic_head = nn.Linear(model.shape.width, conversations.topic_count, bias=False)
    with torch.no_grad():
        topic_head.weight.copy_(bag.topics)
    optimizer = _make_optimizer(model, topic_head)
    average = torch.optim.swa_utils.AveragedModel(model, multi_avg_fn=torch.optim.swa_utils.get_ema_multi_avg_fn(AVERAGE_DECAY))
    started = time.monotonic()
    for step, (ids, weights, topics) in enumerate(_batches(conversations, steps)):
        for group in optimizer.param_groups:
            group["lr"] = _rate(step, steps)
        first, rest, topic = _losses(model, topic_head, ids, weights, topics)
        (first * FIRST_WEIGHT + rest + topic).backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.step()
        optimizer.zero_grad(set_to_none=True)
        if step >= AVERAGE_FROM * steps:
            average.update_parameters(model)
        if step % 50 == 0 or step == steps - 1:
            print(f"step {step} of {steps}: loss {first.item():.3f} where answers begin, {rest.item():.3f} after, {topic.item():.3f} of topics; {time.monotonic() - started:.0f} s", flush=True)
    return average.module


def _losses(model: Llama, topic_head: nn.Linear, ids: Tensor, weights: Tensor, topics: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """The loss of the answers' first tokens, of their others, and of the topic, which half the model has to tell."""
    wanted, known = weights[:, 1:] > 0, topics[:, :-1] != NO_TOPIC
    with torch.autocast("cpu", dtype=torch.bfloat16):
        middle, last = model.read(ids[:, :-1])
        logits, topic_logits = model.predict(last[wanted]), topic_head(middle[known])
    losses = F.cross_entropy(logits.float(), ids[:, 1:][wanted], reduction="none")
    is_first = weights[:, 1:][wanted] == FIRST_WEIGHT
    first, rest = ((losses * chosen).sum() / chosen.sum().clamp(min=1) for chosen in (is_first, ~is_first))
    return first, rest, F.cross_entropy(topic_logits.float(), topics[:, :-1][known])


def _make_optimizer(model: Llama, topic_head: nn.Linear) -> torch.optim.Optimizer:
    matrices = [weight for weight in [*model.parameters(), *topic_head.parameters()] if weight.dim() == 2]
    vectors = [weight for weight in model.parameters() if weight.dim() == 1]
    return torch.optim.AdamW([{"params": matrices, "weight_decay": 0.02}, {"params": vectors, "weight_decay": 0.0}], lr=PEAK_RATE, betas=(0.9, 0.98), fused=True)


def _batches(conversations: Conversations, steps: int) -> Iterator[tuple[Tensor, Tensor, Tensor]]:
    single = conversations.single_rows(SINGLE_LENGTH)
    longer = {length: conversations.rows(length) for length in LENGTHS}
    for step in range(steps):
        is_single = step < SINGLE_SHARE * steps
        length = SINGLE_LENGTH if is_single else LENGTHS[step % len(LENGTHS)]
        rows = single if is_single else longer[length]
        batch = [next(rows) for _ in range(TOKENS_PER_STEP // length)]
        yield torch.tensor([row.ids for row in batch]), torch.tensor([row.weights for row in batch]), torch.tensor([row.topics for row in batch])


def _rate(step: int, steps: int) -> float:
    warm = min(1.0, (step + 1) / WARM_STEPS)
    return warm * (LAST_RATE + (PEAK_RATE - LAST_RATE) * 0.5 * (1 + math.cos(math.pi * step / steps)))
