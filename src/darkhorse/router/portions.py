"""A long read in portions, so that whoever works on it can let others have their turn."""

from collections.abc import Iterator, Sequence

from msgspec import structs

from darkhorse.wire.chunks import Chunk

__all__ = ["MOST", "portions"]

MOST = 4096
"""Characters of text or thoughts that are worked on in one go."""


def portions(chunks: Sequence[Chunk]) -> Iterator[Sequence[Chunk]]:
    """The same chunks in the same order; what is short comes as it is.

    A chunk whose text is longer than a portion comes in several, its other fields with the last.
    """
    if sum(len(chunk.text) + len(chunk.reasoning) for chunk in chunks) <= MOST:
        yield chunks
        return
    for chunk in chunks:
        yield from _parts(chunk)


def _parts(chunk: Chunk) -> Iterator[list[Chunk]]:
    reasoning, text = chunk.reasoning, chunk.text
    while len(reasoning) > MOST:
        yield [Chunk(reasoning=reasoning[:MOST])]
        reasoning = reasoning[MOST:]
    if reasoning and len(text) > MOST:
        yield [Chunk(reasoning=reasoning)]
        reasoning = ""
    while len(text) > MOST:
        yield [Chunk(text=text[:MOST])]
        text = text[MOST:]
    yield [structs.replace(chunk, reasoning=reasoning, text=text)]
