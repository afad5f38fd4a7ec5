"""A linear model over strings: each known one adds a row of small integers, one a category.

A row is kept as one Python integer of 24-bit fields, so that adding two is one addition: no numpy,
and half a millisecond for a prompt that fills the view.
"""

import math
from collections.abc import Sequence
from functools import cache
from importlib import resources

import msgspec
import zstandard
from msgspec import Struct

from darkhorse.analytics.topics.categories import CATEGORIES, FALLBACK, Topic
from darkhorse.analytics.topics.features import features, view

__all__ = ["FILE", "Classifier", "Learnt", "classify", "pack", "unpack"]

FILE = "classifier.msgpack.zst"
_FIELD = 3  # bytes a category; 65,536 rows of 0..255 fit
_OFFSET = 128  # a row is stored as unsigned
_WIDTH = len(CATEGORIES) * _FIELD


class Learnt(Struct, frozen=True):
    """What learning leaves behind.

    `rows` is (n_features, n_categories) of weight + 128; a weight times `step` is in logits before
    the division by the root of the number of features.
    """

    names: list[str]
    rows: bytes
    step: float
    bias: list[float]
    temperature: float
    threshold: float


class Classifier:
    def __init__(self, learnt: Learnt) -> None:
        self._learnt = learnt
        spread = bytearray(len(learnt.rows) * _FIELD)
        spread[::_FIELD] = learnt.rows
        self._rows = {
            name: int.from_bytes(spread[at : at + _WIDTH], "little")
            for name, at in zip(learnt.names, range(0, len(spread), _WIDTH), strict=True)
        }

    def odds(self, text: str) -> list[float]:
        """Probability of each category, in the order of `CATEGORIES`."""
        found = features(text)
        rows = self._rows
        known = [rows[name] for name in found if name in rows]
        total = sum(known).to_bytes(_WIDTH, "little")
        scale = self._learnt.step / math.sqrt(max(len(found), 1))
        sums = (
            int.from_bytes(total[at : at + _FIELD], "little") - _OFFSET * len(known)
            for at in range(0, _WIDTH, _FIELD)
        )
        logits = [scale * score + bias for score, bias in zip(sums, self._learnt.bias, strict=True)]
        return _softmax([logit / self._learnt.temperature for logit in logits])

    def classify(self, text: str) -> Topic:
        text = view(text)
        if not text.strip():
            return Topic(FALLBACK, 1.0)
        odds = self.odds(text)
        best = max(range(len(odds)), key=odds.__getitem__)
        if odds[best] < self._learnt.threshold:
            return Topic(FALLBACK, odds[CATEGORIES.index(FALLBACK)])
        return Topic(CATEGORIES[best], odds[best])


def pack(learnt: Learnt) -> bytes:
    return zstandard.ZstdCompressor(level=19).compress(msgspec.msgpack.encode(learnt))


def unpack(packed: bytes) -> Learnt:
    return msgspec.msgpack.decode(zstandard.ZstdDecompressor().decompress(packed), type=Learnt)


@cache
def _shipped() -> Classifier:
    file = resources.files("darkhorse.analytics.topics") / FILE
    return Classifier(unpack(file.read_bytes()))


def classify(text: str) -> Topic:
    """What a prompt is about, judged by its first 1,500 and last 500 characters."""
    return _shipped().classify(text)


def _softmax(logits: Sequence[float]) -> list[float]:
    highest = max(logits)
    weights = [math.exp(logit - highest) for logit in logits]
    return [weight / sum(weights) for weight in weights]
