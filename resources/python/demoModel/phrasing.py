"""Says one question as different people type it: an introduction, capitals, punctuation, slips of the finger."""

import random
import re

from guide import Guide, Topic

ARTICLES = re.compile(r"\b(the|a|an|my|do|is|to) ")


def ask(guide: Guide, topic: Topic, rng: random.Random) -> str:
    """A question on the topic as somebody might type it; never one that is held out for the probes."""
    while True:
        text = _vary(guide, guide.sample_question(topic, rng), rng)
        if not guide.is_held_out(text):
            return text


def _vary(guide: Guide, question: str, rng: random.Random) -> str:
    text = question
    if rng.random() < 0.08:
        text = ARTICLES.sub("", text, count=1)
    if rng.random() < 0.22:
        text = f"{rng.choice(guide.classes['before']).sample(guide.classes, rng)} {text}"
    if rng.random() < 0.16:
        text = f"{text} {rng.choice(guide.classes['after']).sample(guide.classes, rng)}"
    if rng.random() < 0.3:
        text = text.replace("'", "")
    if rng.random() < 0.14:
        text = slip(text, rng)
    return _punctuate(_capitalise(text, rng), rng)


def slip(text: str, rng: random.Random) -> str:
    """One slip in one of the longer words: a letter left out, doubled, swapped or wrong."""
    words = text.split(" ")
    places = [at for at, word in enumerate(words) if len(word) >= 4 and word.isalpha()]
    if not places:
        return text
    place = rng.choice(places)
    word = words[place]
    at = rng.randrange(1, len(word) - 1)
    words[place] = rng.choice([
        word[:at] + word[at + 1:],
        word[:at] + word[at] + word[at:],
        word[:at] + word[at + 1] + word[at] + word[at + 2:],
        word[:at] + rng.choice("abcdefghijklmnopqrstuvwxyz") + word[at + 1:],
    ])
    return " ".join(words)


def pick_system_prompt(guide: Guide, rng: random.Random) -> str | None:
    """None mostly, as in a plain chat; else one of the usual ones, or words that the model must not heed."""
    draw = rng.random()
    if draw < 0.62:
        return None
    if draw < 0.9:
        return rng.choice(guide.classes["system"]).sample(guide.classes, rng)
    words = [rng.choice(guide.classes["thing"]).sample(guide.classes, rng) for _ in range(rng.randint(1, 14))]
    return f"You are {' '.join(words)}."


def pick_topic(guide: Guide, rng: random.Random) -> Topic:
    return guide.unknown if rng.random() < 0.13 else rng.choice(guide.topics)


def _capitalise(text: str, rng: random.Random) -> str:
    draw = rng.random()
    if draw < 0.4:
        return text.lower()
    if draw < 0.85:
        return text[:1].upper() + text[1:]
    return text.upper() if draw > 0.985 else text


def _punctuate(text: str, rng: random.Random) -> str:
    return text + rng.choices(["?", "", ".", "??", " ?", "!", "...", "\n"], [50, 36, 4, 2, 3, 3, 1, 1])[0]
