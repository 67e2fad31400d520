"""Question patterns: `(a|b)` is a choice, `[a]` may be left out, `{name}` is any word of that class."""

import random
import re
from dataclasses import dataclass
from functools import cached_property

CLOSING = {"(": ")", "[": "]", "{": "}"}
Classes = dict[str, list["Pattern"]]


@dataclass(frozen=True)
class Pattern:
    """A sequence of texts (str), class names (`Name`) and choices (lists of patterns)."""

    parts: tuple

    def sample(self, classes: Classes, rng: random.Random) -> str:
        """One phrase of the many that the pattern stands for."""
        text = "".join(_sample_part(part, classes, rng) for part in self.parts)
        return re.sub(r" +", " ", text).strip()

    def count(self, classes: Classes) -> int:
        """How many phrases the pattern stands for; made-up words count as one."""
        total = 1
        for part in self.parts:
            if isinstance(part, list):
                total *= sum(option.count(classes) for option in part)
            elif isinstance(part, Name) and part.text in classes:
                total *= sum(option.count(classes) for option in classes[part.text])
        return total

    def to_regex(self, classes: Classes) -> str:
        """Matches every phrase of the pattern after `squeeze`; made-up words match nothing."""
        return "".join(_part_to_regex(part, classes) for part in self.parts)

    @cached_property
    def is_empty(self) -> bool:
        return not self.parts


@dataclass(frozen=True)
class Name:
    text: str


def parse_pattern(text: str) -> Pattern:
    """@raises ValueError for a bracket that is not closed."""
    pattern, rest = _parse_sequence(text, "")
    if rest:
        raise ValueError(f"unexpected {rest[0]!r} in {text!r}")
    return pattern


def squeeze(text: str) -> str:
    """Letters and digits only, so that spelling of spaces and punctuation does not tell two questions apart."""
    return re.sub(r"[^a-z0-9]", "", text.lower())


def make_odd_word(rng: random.Random) -> str:
    """A made-up word, so that an unknown word is a thing the model has met often."""
    onsets = "b c d f g h j k l m n p r s t v w z br cl dr fl gr pl pr sh st th tr sc sp qu ch kn".split()
    vowels = "a e i o u a e i o ai ea oo ou y ie".split()
    codas = ["", "", "", "n", "r", "l", "s", "t", "m", "ck", "nd", "st", "rt", "ng", "x", "p", "sh", "ll"]
    if rng.random() < 0.1:
        return "".join(rng.choice("abcdefghijklmnopqrstuvwxyz") for _ in range(rng.randint(3, 9)))
    syllables = rng.choice([1, 2, 2, 2, 3, 3])
    word = "".join(rng.choice(onsets) + rng.choice(vowels) + rng.choice(codas) for _ in range(syllables))
    word += rng.choice(["", "", "", "", "ing", "er", "s", "ed", "ly", "tion", "ness", "al"])
    return word.capitalize() if rng.random() < 0.3 else word


def _parse_sequence(text: str, end: str) -> tuple[Pattern, str]:
    parts, plain = [], ""
    while text and text[0] != end and not (end and text[0] == "|"):
        first = text[0]
        if first in CLOSING:
            if plain:
                parts.append(plain)
            plain = ""
            part, text = _parse_bracket(text)
            parts.append(part)
        else:
            plain, text = plain + first, text[1:]
    if plain:
        parts.append(plain)
    return Pattern(tuple(parts)), text


def _parse_bracket(text: str) -> tuple[object, str]:
    kind, end = text[0], CLOSING[text[0]]
    if kind == "{":
        name, _, rest = text[1:].partition("}")
        return Name(name), rest
    options, rest = [], text
    while True:
        option, rest = _parse_sequence(rest[1:], end)
        options.append(option)
        if not rest:
            raise ValueError(f"{kind} is not closed in {text!r}")
        if rest[0] == end:
            break
    return (options + [Pattern(())] if kind == "[" else options), rest[1:]


def _sample_part(part: object, classes: Classes, rng: random.Random) -> str:
    if isinstance(part, str):
        return part
    if isinstance(part, Name):
        if part.text == "odd":
            return make_odd_word(rng)
        if part.text == "number":
            return str(rng.choice([rng.randint(0, 30), rng.randint(0, 999), rng.randint(1000, 2030)]))
        return rng.choice(classes[part.text]).sample(classes, rng)
    if part[-1].is_empty and rng.random() < 0.6:
        return ""
    return rng.choice(part).sample(classes, rng)


def _part_to_regex(part: object, classes: Classes) -> str:
    if isinstance(part, str):
        return squeeze(part)
    if isinstance(part, Name):
        if part.text in ("odd", "number"):
            return r"[0-9]+" if part.text == "number" else r"(?!)"
        part = classes[part.text]
    return "(?:" + "|".join(option.to_regex(classes) for option in part) + ")"
