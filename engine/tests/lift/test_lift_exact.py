"""The lift is the original: against transformers, on SmolLM2 and on shapes of other Llamas."""

import pytest
import torch
from transformers import AutoModelForCausalLM, LlamaConfig, LlamaForCausalLM

from darkhorse_engine.chat.chat import Chat
from darkhorse_engine.config import Config
from darkhorse_engine.lift.check import compare, read
from darkhorse_engine.lift.lift import lifted
from darkhorse_engine.lift.original import Original
from darkhorse_engine.lift.source import Llama
from darkhorse_engine.weights.from_gguf import llama_tensors
from darkhorse_engine.weights.gguf_file import GgufFile
from lift.lift_models import as_model, chunked, llama_file

TEXT = (
    "The lighthouse keeper wrote every evening into the same book: what the wind did, which ships "
    "had passed, and whether the lamp had burned without a flaw. In forty years he left out two "
    "nights. On the first his daughter was born; of the second nobody could say anything, because "
    "the page was there, dated in his hand, and empty. When the service sent a younger man, he "
    "read the book from its beginning, as one reads a long letter, and found that the entries "
    "grew shorter while the ships grew larger.\n\n"
)


@pytest.fixture(scope="module")
def theirs(smollm2):
    """Their reader of the file, their model."""
    return AutoModelForCausalLM.from_pretrained(
        str(smollm2.parent), gguf_file=smollm2.name, dtype=torch.float32
    ).eval()


@pytest.fixture(scope="module")
def chat(smol_file):
    return Chat.from_gguf(smol_file.fields)


@pytest.fixture(scope="module")
def tokens(chat):
    return torch.tensor((chat.tokenizer.encode(TEXT * 4))[:384])


@pytest.fixture(scope="module")
def dense(lifted_smol):
    config, weights = lifted_smol
    return as_model(config, weights, 8192)


@pytest.fixture(scope="module")
def whole(dense, tokens):
    return read(dense, tokens)


def test_smollm2_is_the_same_model(theirs, whole, tokens):
    report = compare(theirs(tokens[None]).logits[0], whole, tokens)
    assert report.tokens == 384
    assert report.worst_kl < 1e-8
    assert report.top1 == 1
    assert report.nll_lifted == pytest.approx(report.nll, abs=1e-5)
    assert report.max_logit_difference < 1e-3


def test_so_it_is_read_in_chunks(dense, whole, tokens):
    report = compare(whole, chunked(dense, tokens, [1, 63, 100, 64, 1, 1, 154]), tokens)
    assert report.worst_kl < 1e-8


def test_it_answers_as_the_original_does(theirs, dense, chat):
    prompt = chat.prompt([{"role": "user", "content": "What is the capital of France?"}]).ids
    asked = torch.tensor(prompt)
    said = theirs.generate(
        asked[None], attention_mask=torch.ones_like(asked)[None], max_new_tokens=12, do_sample=False
    )[0]
    assert "Paris" in chat.tokenizer.decode(said[len(asked) :].tolist())
    answer = said[len(asked) :].tolist()
    ours = chunked(dense, said, [len(asked)] + [1] * len(answer)).argmax(-1)
    assert ours[len(asked) - 1 : -1].tolist() == answer


def test_the_shape_is_the_preset(lifted_smol):
    assert lifted_smol[0] == Config.preset("smol")


def hugging(file):
    """The same file in transformers' `LlamaForCausalLM`, rows in its own order."""
    shape = Llama.of(file)
    config = LlamaConfig(
        vocab_size=shape.vocab,
        hidden_size=shape.hidden,
        num_hidden_layers=shape.layers,
        num_attention_heads=shape.heads,
        num_key_value_heads=shape.kv_heads,
        head_dim=shape.head,
        intermediate_size=shape.inner,
        rms_norm_eps=1e-5,
        rope_parameters={"rope_type": "default", "rope_theta": 1e4},
        tie_word_embeddings=shape.is_tied,
    )
    model = LlamaForCausalLM(config).eval()
    model.load_state_dict(dict(llama_tensors(file, interleaved=False)), strict=not shape.is_tied)
    return model


@pytest.mark.parametrize(
    ("heads", "kv_heads", "head", "tied"),
    [(4, 2, 16, True), (6, 1, 8, False), (3, 3, 12, True), (6, 3, 64, False)],
)
def test_other_llamas_are_lifted_too(tmp_path, heads, kv_heads, head, tied):
    shape = {"heads": heads, "kv_heads": kv_heads, "head": head, "tied": tied}
    file = GgufFile(llama_file(tmp_path / "a.gguf", **shape))
    tokens = torch.randint(300, (96,), generator=torch.Generator().manual_seed(2))
    want = hugging(file)(tokens[None]).logits[0]
    original = Original(file)
    for got in (
        original.logits(original.hidden(tokens)),
        read(as_model(*lifted(file), 96), tokens),
    ):
        report = compare(want, got, tokens)
        assert report.worst_kl < 1e-8
        assert report.top1 == 1
