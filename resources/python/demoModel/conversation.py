"""Conversations as token ids: the chat format, and endless training rows of it."""

import random
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

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
# Which answer it is shows in its first tokens: they count more, and most answers are shown no further.
FIRST_TOKENS, FIRST_WEIGHT, WHOLE_SHARE = 5, 3.0, 0.4
NO_TOPIC = -100


# Some tokens, how much they count in the loss, and the topic that is known once they have been read.
Piece = tuple[list[int], float, int]


class Row(NamedTuple):
    """The same for each token of a training row; `NO_TOPIC` where none is known."""

    ids: list[int]
    weights: list[float]
    topics: list[int]


class Conversations:
    """Writes conversations without end."""

    def __init__(self, guide: Guide, tokens: sentencepiece.SentencePieceProcessor, seed: int) -> None:
        self._guide, self._tokens, self._rng = guide, tokens, random.Random(seed)
        self._start, self._end = tokens.piece_to_id(START), tokens.piece_to_id(END)
        self._newline = tokens.encode("\n")
        topics = [*guide.topics, guide.unknown]
        self._topics = {topic.name: number for number, topic in enumerate(topics)}
        self._answers = [[*tokens.encode(topic.answer), self._end] for topic in topics]

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

    @property
    def topic_count(self) -> int:
        return len(self._topics)

    def pick_question(self) -> tuple[list[int], int]:
        """The tokens of a question, and the number of its topic."""
        topic = pick_topic(self._guide, self._rng)
        return self._encode_loosely(ask(self._guide, topic, self._rng)), self._topics[topic.name]

    def single_rows(self, length: int) -> Iterator[Row]:
        """Rows of `length` + 1 tokens with one question each, filled up with what does not count."""
        for row in self._fill(length, self._turn):
            missing = length + 1 - len(row.ids)
            yield Row(row.ids + [self._end] * missing, row.weights + [0.0] * missing, row.topics + [NO_TOPIC] * missing)

    def rows(self, length: int) -> Iterator[Row]:
        """Rows of `length` + 1 tokens, each the beginning of one long conversation."""
        return self._fill(length, self._conversation)

    def _fill(self, length: int, write: Callable[[], Iterator[Piece]]) -> Iterator[Row]:
        while True:
            row = Row([], [], [])
            for ids, weight, topic in write():
                row.ids.extend(ids)
                row.weights.extend([weight] * len(ids))
                row.topics.extend([NO_TOPIC] * (len(ids) - 1) + [topic])
                if len(row.ids) > length:
                    break
            yield Row(row.ids[:length + 1], row.weights[:length + 1], row.topics[:length + 1])

    def _conversation(self) -> Iterator[Piece]:
        system = pick_system_prompt(self._guide, self._rng)
        if system is not None:
            yield [*self.header("system"), *self._tokens.encode(system), self._end, *self._newline], 0.0, NO_TOPIC
        while True:
            yield from self._turn()

    def _turn(self) -> Iterator[Piece]:
        question, topic = self.pick_question()
        yield [*self.header("user"), *question, self._end, *self._newline, *self.header("assistant")], 0.0, topic
        answer = self._answers[topic]
        yield answer[:FIRST_TOKENS], FIRST_WEIGHT, NO_TOPIC
        if self._rng.random() < WHOLE_SHARE:
            yield answer[FIRST_TOKENS:], 1.0, NO_TOPIC
        else:
            yield [self._end], 0.0, NO_TOPIC
        yield self._newline, 0.0, NO_TOPIC

    def _encode_loosely(self, question: str) -> list[int]:
        """Now and then in smaller pieces than usual, so that a word is known by its parts too."""
        if self._rng.random() < 0.8:
            return self._tokens.encode(question)
        return self._tokens.encode(question, enable_sampling=True, alpha=0.08, nbest_size=-1)
