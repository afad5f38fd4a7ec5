"""SmolLM2 lifted, once a session, and small random Llamas as files."""

from pathlib import Path

import pytest
import torch
from gguf import GGUFWriter, TokenType

from darkhorse_engine.cache import PAGE, Pages, Step, Table
from darkhorse_engine.lift.lift import lifted
from darkhorse_engine.model import Model
from darkhorse_engine.weights.gguf_file import GgufFile

__all__ = ["as_model", "chunked", "lifted_smol", "llama_file", "smol_file"]


@pytest.fixture(scope="session")
def smol_file(smollm2):
    return GgufFile(smollm2)


@pytest.fixture(scope="session")
def lifted_smol(smol_file):
    """(Config, state dict), float32."""
    return lifted(smol_file)


def as_model(config, weights, topk):
    """Shares the weights' memory."""
    model = Model.empty(config.with_topk(topk))
    model.load_state_dict(weights, assign=True)
    return model


def chunked(model, tokens, sizes):
    """Logits of a sequence read in chunks of these sizes."""
    table, pages = Table(), Pages(model.config, -(-len(tokens) // PAGE), model.dtype)
    table.extend(range(pages.count))
    parts, at = [], 0
    for size in sizes:
        step = Step.of(pages, [(table, at, size)])
        parts.append(model.logits(model(tokens[at : at + size], step)))
        at += size
    assert at == len(tokens)
    return torch.cat(parts)


def llama_file(path: Path, *, heads=4, kv_heads=2, head=16, tied=True, extra=(), **keys) -> Path:
    """Five layers of hidden 48, random; as llama.cpp's converter writes it."""
    hidden, inner, vocab = 48, 80, 300
    source = torch.Generator().manual_seed(1)
    writer = GGUFWriter(path, "llama")
    shape = {
        "block_count": 5,
        "embedding_length": hidden,
        "feed_forward_length": inner,
        "context_length": 256,
        "attention.head_count": heads,
        "attention.head_count_kv": kv_heads,
        "attention.key_length": head,
        "attention.value_length": head,
        "rope.dimension_count": head,
        **keys,
    }
    for key, value in shape.items():
        add = writer.add_string if isinstance(value, str) else writer.add_uint32
        add(f"llama.{key}", value)
    writer.add_float32("llama.attention.layer_norm_rms_epsilon", 1e-5)
    writer.add_float32("llama.rope.freq_base", 1e4)
    _add_words(writer, vocab)
    widths = {"attn_q": (heads * head, hidden), "attn_output": (hidden, heads * head)}
    widths |= dict.fromkeys(("attn_k", "attn_v"), (kv_heads * head, hidden))
    widths |= {"ffn_gate": (inner, hidden), "ffn_up": (inner, hidden), "ffn_down": (hidden, inner)}
    shapes = {"token_embd": (vocab, hidden), "output_norm": (hidden,)}
    shapes |= {} if tied else {"output": (vocab, hidden)}
    shapes |= {f"blk.{n}.{name}": wide for n in range(5) for name, wide in widths.items()}
    shapes |= {f"blk.{n}.{p}_norm": (hidden,) for n in range(5) for p in ("attn", "ffn")}
    shapes = {f"{name}.weight": size for name, size in shapes.items()} | dict(extra)
    for name, size in shapes.items():
        values = torch.randn(size, generator=source) * (0.3 if len(size) > 1 else 0.1)
        writer.add_tensor(name, (values + (1.0 if "norm" in name else 0)).numpy())
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _add_words(writer, vocab):
    """All bytes, as GPT-2 writes them, and control tokens."""
    letters = [chr(n) for n in (*range(33, 127), *range(161, 173), *range(174, 256))]
    letters += [chr(n) for n in range(256, 256 + 256 - len(letters))]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("smollm")
    letters.append("ab")
    control = [f"<|{n}|>" for n in range(vocab - len(letters))]
    writer.add_token_list(letters + control)
    writer.add_token_types([TokenType.NORMAL] * len(letters) + [TokenType.CONTROL] * len(control))
    writer.add_token_merges(["a b"])
    writer.add_eos_token_id(vocab - 1)
    writer.add_bos_token_id(vocab - 2)
    writer.add_chat_template("{% for m in messages %}{{ m.content }}{% endfor %}")
