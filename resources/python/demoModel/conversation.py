"""Conversations as token ids: the chat format, and endless training rows of it."""

import random
import re
from collections.abc import Iterator

import sentencepiece

from guide import Guide
from phrasing import ask, pick_system_prompt, pick_topic

START, END = "<|im_start|>", "<|im_end|>"
CHAT_TEMPLATE = (
    "{%- for message in messages -%}"
    "{%- if message.content is string -%}{%- set text = message.content -%}"
    "{%- else -%}{%- set text = message.content | map(attribute='text') | join('') -%}{%- endif -%}"
    "{{- '<|im_start|>' + message.role + '\\n' + text + '<|im_end|>\\n' -}}"
    "{%- endfor -%}"
    "{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\\n' -}}{%- endif -%}"
)
ASIDE_WEIGHT = 0.03
# Which answer it is shows in its first tokens: they count more, and most answers are shown no further.
FIRST_TOKENS, FIRST_WEIGHT, WHOLE_SHARE = 5, 3.0, 0.4


class Conversations:
    """Writes conversations; the weight of each token says how much it counts in the loss."""

    def __init__(self, guide: Guide, tokens: sentencepiece.SentencePieceProcessor, seed: int) -> None:
        self._guide, self._tokens, self._rng = guide, tokens, random.Random(seed)
        self._start, self._end = tokens.piece_to_id(START), tokens.piece_to_id(END)
        self._newline = tokens.encode("\n")

    def header(self, role: str) -> list[int]:
        return [self._start, *self._tokens.encode(role), *self._newline]

    def prompt(self, question: str) -> list[int]:
        """Everything up to the place where the answer begins."""
        return [*self.header("user"), *self._tokens.encode(question), self._end, *self._newline, *self.header("assistant")]

    def encode_rendered(self, text: str) -> list[int]:
        """The ids of a rendered chat, with the marks of its turns as tokens of their own."""
        pieces = re.split(f"({re.escape(START)}|{re.escape(END)})", text)
        marks = {START: self._start, END: self._end}
        return [id for piece in pieces if piece for id in ([marks[piece]] if piece in marks else self._tokens.encode(piece))]

    def rows(self, length: int) -> Iterator[tuple[list[int], list[float]]]:
        """Rows of exactly `length` + 1 tokens, each the beginning of one long conversation."""
        while True:
            ids: list[int] = []
            weights: list[float] = []
            for part, weight in self._conversation():
                ids += part
                weights += [weight] * len(part)
                if len(ids) > length:
                    break
            yield ids[:length + 1], weights[:length + 1]

    def _conversation(self) -> Iterator[tuple[list[int], float]]:
        system = pick_system_prompt(self._guide, self._rng)
        if system is not None:
            yield [*self.header("system"), *self._tokens.encode(system), self._end, *self._newline], ASIDE_WEIGHT
        while True:
            topic = pick_topic(self._guide, self._rng)
            yield [*self.header("user"), *self._encode_loosely(ask(self._guide, topic, self._rng)), self._end, *self._newline], ASIDE_WEIGHT
            yield self.header("assistant"), ASIDE_WEIGHT
            answer = [*self._tokens.encode(topic.answer), self._end]
            yield answer[:FIRST_TOKENS], FIRST_WEIGHT
            if self._rng.random() < WHOLE_SHARE:
                yield answer[FIRST_TOKENS:], 1.0
            else:
                yield [self._end], 0.0
            yield self._newline, ASIDE_WEIGHT

    def _encode_loosely(self, question: str) -> list[int]:
        """Now and then in smaller pieces than usual, so that a word is known by its parts too."""
        if self._rng.random() < 0.8:
            return self._tokens.encode(question)
        return self._tokens.encode(question, enable_sampling=True, alpha=0.08, nbest_size=-1)
