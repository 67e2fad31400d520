"""Trains the tokenizer: SentencePiece BPE with byte fallback and nothing normalised, as llama.cpp reads it."""

import io
import random

import sentencepiece

from conversation import END, START
from guide import Guide
from phrasing import ask

VOCABULARY_SIZE = 2048
ANSWER_REPEATS = 60


def train_vocabulary(guide: Guide, seed: int) -> bytes:
    """The bytes of a tokenizer.model."""
    model = io.BytesIO()
    sentencepiece.SentencePieceTrainer.train(
        sentence_iterator=iter(_lines(guide, random.Random(seed))), model_writer=model, model_type="bpe", vocab_size=VOCABULARY_SIZE,
        byte_fallback=True, character_coverage=1.0, normalization_rule_name="identity", add_dummy_prefix=False,
        remove_extra_whitespaces=False, split_digits=True, control_symbols=[START, END], num_threads=1, minloglevel=2,
    )
    return model.getvalue()


def _lines(guide: Guide, rng: random.Random) -> list[str]:
    lines = [topic.answer for topic in [*guide.topics, guide.unknown] for _ in range(ANSWER_REPEATS)]
    for topic in guide.topics:
        lines += [ask(guide, topic, rng) for _ in range(60)]
    lines += [ask(guide, guide.unknown, rng) for _ in range(1_500)]
    lines += ["user", "assistant", "system"] * 500
    return [line for line in lines if line.strip()]
