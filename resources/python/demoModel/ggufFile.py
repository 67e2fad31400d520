"""Writes the trained model as one GGUF file: weights in f16, tokenizer, chat template and where it came from."""

from pathlib import Path

import gguf
import numpy
import sentencepiece
import torch

from conversation import CHAT_TEMPLATE, END
from model import Llama

# Scales what the model thinks of each token: its greedy answers stay, and at the usual temperatures it still recites
# what it knows instead of drawing an answer to another question.
SHARPNESS = 3.0


def write_gguf(path: Path, model: Llama, tokens: sentencepiece.SentencePieceProcessor) -> None:
    writer = gguf.GGUFWriter(path, "llama")
    _add_facts(writer, model)
    _add_tokenizer(writer, tokens)
    for name, weight in _finish(model, tokens).items():
        values = weight.float().numpy()
        writer.add_tensor(name, values.astype(numpy.float16) if values.ndim == 2 else values)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()


def _finish(model: Llama, tokens: sentencepiece.SentencePieceProcessor) -> dict[str, torch.Tensor]:
    """The weights with sharper choices, and without a say for the BOS token, which some chat wrappers put first."""
    weights = {name: weight.clone() for name, weight in model.state_dict().items()}
    weights["output.weight"] *= SHARPNESS
    weights["token_embd.weight"][tokens.bos_id()] = 0.0
    return weights


def _add_facts(writer: gguf.GGUFWriter, model: Llama) -> None:
    shape = model.shape
    parameters = sum(weight.numel() for weight in model.parameters())
    writer.add_type("model")
    writer.add_name("Wheelhouse Guide")
    writer.add_basename("wheelhouse-guide")
    writer.add_author("The Wheelhouse authors")
    writer.add_license("apache-2.0")
    writer.add_description("Answers a newcomer's questions about Wheelhouse, and about nothing else.")
    writer.add_size_label(f"{parameters / 1e6:.1f}M")
    writer.add_languages(["en"])
    writer.add_tags(["text-generation"])
    writer.add_file_type(gguf.LlamaFileType.MOSTLY_F16)
    writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
    writer.add_context_length(shape.context)
    writer.add_embedding_length(shape.width)
    writer.add_block_count(shape.layers)
    writer.add_feed_forward_length(shape.feed_forward)
    writer.add_head_count(shape.heads)
    writer.add_head_count_kv(shape.kv_heads)
    writer.add_rope_dimension_count(shape.head_width)
    writer.add_rope_freq_base(shape.rope_base)
    writer.add_layer_norm_rms_eps(shape.norm_epsilon)
    writer.add_vocab_size(shape.vocabulary)


def _add_tokenizer(writer: gguf.GGUFWriter, tokens: sentencepiece.SentencePieceProcessor) -> None:
    ids = range(tokens.get_piece_size())
    writer.add_tokenizer_model("llama")
    writer.add_tokenizer_pre("default")
    writer.add_token_list([tokens.id_to_piece(id).encode() for id in ids])
    writer.add_token_scores([tokens.get_score(id) for id in ids])
    writer.add_token_types([_type_of(tokens, id) for id in ids])
    writer.add_bos_token_id(tokens.bos_id())
    writer.add_eos_token_id(tokens.piece_to_id(END))
    writer.add_eot_token_id(tokens.piece_to_id(END))
    writer.add_pad_token_id(tokens.eos_id())
    writer.add_unk_token_id(tokens.unk_id())
    writer.add_add_bos_token(False)
    writer.add_add_eos_token(False)
    writer.add_add_space_prefix(False)
    writer.add_chat_template(CHAT_TEMPLATE)


def _type_of(tokens: sentencepiece.SentencePieceProcessor, id: int) -> gguf.TokenType:
    if tokens.is_unknown(id):
        return gguf.TokenType.UNKNOWN
    if tokens.is_control(id):
        return gguf.TokenType.CONTROL
    return gguf.TokenType.BYTE if tokens.is_byte(id) else gguf.TokenType.NORMAL
