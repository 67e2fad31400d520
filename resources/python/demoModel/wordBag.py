"""Learns which words speak for which topic, as a bag of words: seconds of work that save the model most of its own."""

from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.nn import functional as F

from conversation import Conversations

STEPS, BATCH, RATE = 350, 256, 5e-3


@dataclass(frozen=True)
class WordBag:
    """A vector for each token, and for each topic the direction in which the sum of its questions' vectors lies."""

    vectors: Tensor
    topics: Tensor


def train_word_bag(conversations: Conversations, vocabulary: int, width: int) -> WordBag:
    bag = nn.EmbeddingBag(vocabulary, width, mode="sum")
    nn.init.normal_(bag.weight, std=0.04)
    head = nn.Linear(width, conversations.topic_count, bias=False)
    optimizer = torch.optim.Adam([*bag.parameters(), *head.parameters()], lr=RATE)
    for step in range(STEPS):
        for group in optimizer.param_groups:
            group["lr"] = RATE * (1 - step / STEPS) + 1e-4
        questions, topics = zip(*(conversations.pick_question() for _ in range(BATCH)))
        starts = torch.tensor([0, *(len(question) for question in questions[:-1])]).cumsum(0)
        scores = head(bag(torch.tensor([id for question in questions for id in question]), starts))
        loss = F.cross_entropy(scores, torch.tensor(topics))
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    share = (scores.argmax(1) == torch.tensor(topics)).float().mean().item()
    print(f"bag of words: {share:.0%} of the last {BATCH} questions go to their topic", flush=True)
    return WordBag(bag.weight.detach().clone(), head.weight.detach().clone())
