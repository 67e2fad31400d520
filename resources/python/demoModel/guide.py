"""Reads the guide: topics with their answers and question patterns, word classes, and the questions to pass."""

import random
import re
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

from patterns import Classes, Pattern, parse_pattern, squeeze

MAX_WEIGHT_COUNT = 100
MIN_HELD_LENGTH = 10


@dataclass
class Topic:
    name: str
    answer: str
    questions: list[Pattern] = field(default_factory=list)
    weights: list[float] = field(default_factory=list)


@dataclass(frozen=True)
class Probe:
    """A question and what its answer must hold: all of `needs`, of each one alternative."""

    question: str
    needs: list[list[str]]
    is_unknown: bool


@dataclass
class Guide:
    topics: list[Topic]
    unknown: Topic
    classes: Classes
    probes: list[Probe]

    def sample_question(self, topic: Topic, rng: random.Random) -> str:
        return rng.choices(topic.questions, topic.weights)[0].sample(self.classes, rng)

    def count_questions(self) -> int:
        return sum(pattern.count(self.classes) for topic in self.topics for pattern in topic.questions)

    def is_held_out(self, question: str) -> bool:
        """Whether the question is one of the probes, which training must never see, alone or inside another."""
        squeezed = squeeze(question)
        return squeezed in self._held_out or any(probe in squeezed for probe in self._held_out if len(probe) >= MIN_HELD_LENGTH)

    @cached_property
    def _held_out(self) -> set[str]:
        return {squeeze(probe.question) for probe in self.probes}

    def count_probes_outside(self) -> int:
        """How many probes no pattern could have produced, even if nothing was held out."""
        before, after = (f"(?:{'|'.join(one.to_regex(self.classes) for one in self.classes[name])})?" for name in ("before", "after"))
        patterns = [pattern for topic in [*self.topics, self.unknown] for pattern in topic.questions]
        known = [re.compile(before + pattern.to_regex(self.classes) + after) for pattern in patterns]
        return sum(not any(one.fullmatch(squeeze(probe.question)) for one in known) for probe in self.probes)


def read_guide(folder: Path) -> Guide:
    """@raises ValueError that names the file and the line."""
    classes = _read_classes(folder / "words.md")
    unknown, lists = _read_off_topic(folder / "offTopic.md")
    classes |= lists
    topics = [topic for file in sorted(folder.glob("*.md")) if file.name not in ("words.md", "offTopic.md", "probes.md") for topic in _read_topics(file)]
    for topic in [*topics, unknown]:
        topic.weights = [min(pattern.count(classes), MAX_WEIGHT_COUNT) ** 0.5 for pattern in topic.questions]
    return Guide(topics, unknown, classes, _read_probes(folder / "probes.md"))


def _read_topics(file: Path) -> list[Topic]:
    topics = []
    for heading, lines in _sections(file):
        answer = " ".join(line for line in lines if not line.startswith("- "))
        questions = [parse_pattern(line[2:]) for line in lines if line.startswith("- ")]
        if not answer or not questions:
            raise ValueError(f"{file.name}: {heading} lacks its answer or its questions")
        topics.append(Topic(heading, answer, questions))
    return topics


def _read_off_topic(file: Path) -> tuple[Topic, Classes]:
    sections = dict(_sections(file))
    questions = [parse_pattern(line[2:]) for line in sections["questions"]]
    return Topic("unknown", " ".join(sections["answer"]), questions), _to_classes(sections["lists"])


def _read_classes(file: Path) -> Classes:
    return _to_classes([line for line in file.read_text("utf-8").splitlines() if line.startswith("- ")])


def _to_classes(lines: list[str]) -> Classes:
    pairs = (line[2:].split(": ", 1) for line in lines)
    return {name: [parse_pattern(word.strip()) for word in words.split(" | ")] for name, words in pairs}


def _read_probes(file: Path) -> list[Probe]:
    probes = []
    for line in file.read_text("utf-8").splitlines():
        if not line.startswith("- ") or " => " not in line:
            continue
        question, needs = line[2:].split(" => ")
        is_unknown = needs.strip() == "unknown"
        probes.append(Probe(question.strip(), [] if is_unknown else [[word.strip() for word in part.split("|")] for part in needs.split(",")], is_unknown))
    return probes


def _sections(file: Path) -> list[tuple[str, list[str]]]:
    sections: list[tuple[str, list[str]]] = []
    for line in file.read_text("utf-8").splitlines():
        if line.startswith("## "):
            sections.append((line[3:].strip(), []))
        elif line.strip() and sections:
            sections[-1][1].append(line.strip())
    return sections
