"""The starting indexer looks where the original does, better than a window."""

import sys
from pathlib import Path

import pytest
import torch

from darkhorse_engine.chat.tokenizer import Tokenizer
from darkhorse_engine.lift.original import Original
from lift.lift_models import as_model

sys.path.insert(0, str(Path(__file__).parents[3] / "bench"))
from looking.mass import attention, captured
from looking.reading import Reader
from looking.texts import haystack, text

TOKENS, QUERIES, TOPK = 1280, 64, 128


@pytest.fixture(scope="module")
def words(smol_file):
    return Tokenizer.from_gguf(smol_file.fields)


def test_more_attention_is_captured_than_by_sinks_and_a_window(smol_file, lifted_smol, words):
    tokens = torch.tensor(words.encode(text(5))[:TOKENS])
    maps = attention(Original(smol_file), tokens, QUERIES)
    assert all(torch.allclose(each.sum(-1), torch.ones(QUERIES), atol=1e-4) for each in maps)
    shares = captured(*lifted_smol, maps, tokens, (TOPK,))
    means = {way: sum(by[TOPK]) / len(by[TOPK]) for way, by in shares.items()}
    assert means["indexer"] > means["sinks and window"] + 0.03
    assert means["best for layers that share"] > means["indexer"]
    assert means["best for each layer"] >= means["best for layers that share"]


def test_picks_are_no_window(lifted_smol, words):
    """Ties would go to the nearest, so that picks were a window and nothing else."""
    tokens = torch.tensor(words.encode(text(6))[:400])
    reader = Reader(as_model(*lifted_smol, 100), tokens)
    with reader.picks(reader.model) as picks:
        reader.read(400)
    for picked in picks.values():
        far = (torch.arange(400)[-len(picked) :, None] - picked > 100).float().mean()
        assert 0.02 < far < 0.9


def test_a_needle_is_where_it_is_said_to_be(words):
    hay = haystack(words, 3, (640, 1280), each=2)
    assert len(hay.tokens) == 1280
    assert [needle.at <= 640 for needle in hay.needles] == [True, True, False, False]
    for needle in hay.needles:
        said = words.decode(hay.tokens[: needle.at].tolist())
        assert said.rstrip().endswith(words.decode(needle.answer).strip() + ".")
