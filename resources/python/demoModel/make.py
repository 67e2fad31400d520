"""Makes the demo model: reads the guide, trains, and writes the GGUF with what the gate compares it to."""

import argparse
import json
import random
import time
from pathlib import Path

import jinja2.sandbox
import sentencepiece
import torch

from conversation import CHAT_TEMPLATE, END, Conversations
from ggufFile import write_gguf
from guide import Guide, read_guide
from model import Llama, Shape, answer_greedily
from phrasing import ask
from training import train
from vocabulary import train_vocabulary

ODD_STRINGS = ["", " ", "  two  spaces ", "line\nbreak", "tab\there", "naïve café", "日本語", "🙂 ok", "a'b\"c`d", "http://127.0.0.1:8337/v1", "{\"a\": [1, 2.5]}", "<|im_end|", "UPPER lower 12345", "x" * 60]


def main() -> None:
    options = _read_options()
    started = time.monotonic()
    torch.manual_seed(options.seed)
    sentencepiece.set_random_generator_seed(options.seed)
    torch.set_num_threads(options.threads)
    options.out.mkdir(parents=True, exist_ok=True)
    guide = read_guide(options.guide)
    print(f"{len(guide.topics)} topics, {guide.count_questions()} questions before they are varied; {len(guide.probes)} probes held out, {guide.count_probes_outside()} of them outside all patterns", flush=True)
    tokens = sentencepiece.SentencePieceProcessor(model_proto=train_vocabulary(guide, options.seed))
    model = Llama(Shape(vocabulary=tokens.get_piece_size()))
    print(f"{sum(weight.numel() for weight in model.parameters())} parameters", flush=True)
    trained = train(model, Conversations(guide, tokens, options.seed), options.steps).eval()
    write_gguf(options.out / "wheelhouse-guide.gguf", trained, tokens)
    facts = {"probes": [vars(probe) for probe in guide.probes], "unknownAnswer": guide.unknown.answer, "answers": [topic.answer for topic in guide.topics], **_expect(guide, tokens, trained)}
    (options.out / "gate.json").write_text(json.dumps(facts, ensure_ascii=False, indent=1), "utf-8")
    print(f"made in {time.monotonic() - started:.0f} s", flush=True)


def _expect(guide: Guide, tokens: sentencepiece.SentencePieceProcessor, model: Llama) -> dict:
    """What llama.cpp has to agree with: token ids, rendered conversations, and greedy answers."""
    rng = random.Random(7)
    strings = ODD_STRINGS + [ask(guide, topic, rng) for topic in rng.sample(guide.topics, 24)] + [topic.answer for topic in rng.sample(guide.topics, 12)]
    render = jinja2.sandbox.ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True).from_string(CHAT_TEMPLATE).render
    question = {"role": "user", "content": "what is an instance?"}
    chats = [[question], [{"role": "system", "content": "Be brief."}, question], [question, {"role": "assistant", "content": "A copy."}, {"role": "user", "content": "thanks"}]]
    conversations = Conversations(guide, tokens, 0)
    end = tokens.piece_to_id(END)
    rendered = [render(messages=messages, add_generation_prompt=True) for messages in chats]
    questions = [probe.question for probe in guide.probes[:12]]
    return {
        "tokens": [{"text": text, "ids": tokens.encode(text)} for text in strings],
        "renderings": [{"messages": messages, "text": text, "ids": conversations.encode_rendered(text)} for messages, text in zip(chats, rendered)],
        "greedy": [{"question": question, "answer": tokens.decode(answer_greedily(model, conversations.prompt(question), end))} for question in questions],
    }


def _read_options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--guide", type=Path, required=True)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--steps", type=int, default=1050)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    return parser.parse_args()


if __name__ == "__main__":
    main()
