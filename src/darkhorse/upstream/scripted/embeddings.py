"""Vectors as an engine would give them: the same for the same text, of whatever length is asked."""

from typing import Any

import xxhash
from msgspec import Struct

from darkhorse.upstream.scripted.plant import PROMPT_TOKENS, JsonObject, Plant

__all__ = ["EmbeddingsAsked", "embeddings", "vector"]

_DIMENSIONS = 8


class EmbeddingsAsked(Struct):
    """What is read of a body."""

    model: str
    input: Any = ""
    dimensions: int | None = None


def embeddings(plant: Plant, asked: EmbeddingsAsked) -> JsonObject:
    """The answer, the canary in everything but the numbers."""
    inputs = asked.input if isinstance(asked.input, list) else [asked.input]
    dimensions = asked.dimensions or _DIMENSIONS
    data = [
        {"object": "embedding", "index": at, "embedding": vector(each, dimensions), **plant.extra()}
        for at, each in enumerate(inputs)
    ]
    usage = {"prompt_tokens": PROMPT_TOKENS, "total_tokens": PROMPT_TOKENS, **plant.extra()}
    head = {"object": "list", "id": plant.id, "model": plant.model, **plant.extra()}
    return {**head, "data": data, "usage": usage}


def vector(given: object, dimensions: int = _DIMENSIONS) -> list[float]:
    """Numbers between -1 and 1 that 32 bits hold exactly."""
    digests = (xxhash.xxh3_64_intdigest(str(given).encode(), seed=at) for at in range(dimensions))
    return [(digest % 2**20 - 2**19) / 2**19 for digest in digests]
