"""Is a lifted model the original? Both read the same text, each in its own way."""

import builtins
from dataclasses import dataclass
from pathlib import Path

import torch
from torch import Tensor
from torch.nn import functional as F

from darkhorse_engine.cache import PAGE, Pages, Step, Table
from darkhorse_engine.chat.tokenizer import Tokenizer
from darkhorse_engine.lift.original import Original
from darkhorse_engine.model import Model
from darkhorse_engine.weights.gguf_file import GgufFile
from darkhorse_engine.weights.load import load
from darkhorse_engine.weights.source import Progress

__all__ = ["Report", "check", "compare", "read"]

_TOKENS = 384


@dataclass(frozen=True)
class Report:
    """How far the second of two models is from the first, on one text."""

    tokens: int
    kl: float
    """Mean of KL(first, second) over the tokens, nats."""
    worst_kl: float
    top1: float
    """Share of tokens behind which both hold the same token likeliest."""
    nll: float
    """Of the text's tokens, by the first."""
    nll_lifted: float
    max_logit_difference: float


def check(
    source: Path, out: Path, *, text: str | None = None, progress: Progress | None = None
) -> Report:
    """The GGUF `source` against the directory that it was lifted to, attending to everything.

    Reads the first 384 tokens of `text`, or else of what Python says of its own builtins.
    Raises WeightsError, ConfigError, ChatError.
    """
    file = GgufFile(source)
    ids = Tokenizer.from_gguf(file.fields).encode(_described() if text is None else text)
    tokens = torch.tensor(ids[:_TOKENS])
    original = Original(file)
    first = original.logits(original.hidden(tokens))
    del original
    model = load(out, torch.float32, topk=len(tokens), progress=progress).model
    return compare(first, read(model, tokens), tokens)


def read(model: Model, tokens: Tensor) -> Tensor:
    """Logits (tokens, vocabulary) of one sequence."""
    count = -(-len(tokens) // PAGE)
    table = Table()
    table.extend(range(count))
    pages = Pages(model.config, count, model.dtype)
    return model.logits(model(tokens, Step.of(pages, [(table, 0, len(tokens))])))


def compare(first: Tensor, second: Tensor, tokens: Tensor) -> Report:
    """`first`, `second` (tokens, vocabulary): logits behind each of `tokens`."""
    p, q = first.double().log_softmax(-1), second.double().log_softmax(-1)
    kl = (p.exp() * (p - q)).sum(-1)
    return Report(
        tokens=len(tokens),
        kl=kl.mean().item(),
        worst_kl=kl.max().item(),
        top1=(p.argmax(-1) == q.argmax(-1)).double().mean().item(),
        nll=F.nll_loss(p[:-1], tokens[1:]).item(),
        nll_lifted=F.nll_loss(q[:-1], tokens[1:]).item(),
        max_logit_difference=(first - second).abs().max().item(),
    )


def _described() -> str:
    """English that is wherever Python is."""
    return "\n\n".join(thing.__doc__ for thing in vars(builtins).values() if thing.__doc__)
