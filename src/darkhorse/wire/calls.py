"""Tool calls put together from their pieces."""

from collections.abc import Sequence

from darkhorse.wire.chunks import PublicChunk, ToolDelta

__all__ = ["joined_calls"]


def joined_calls(chunks: Sequence[PublicChunk]) -> list[ToolDelta]:
    """The whole calls of an answer, in order."""
    calls: dict[int, list[ToolDelta]] = {}
    for chunk in chunks:
        for delta in chunk.tools:
            calls.setdefault(delta.index, []).append(delta)
    return [_join(index, calls[index]) for index in sorted(calls)]


def _join(index: int, deltas: Sequence[ToolDelta]) -> ToolDelta:
    return ToolDelta(
        index=index,
        id=next((delta.id for delta in deltas if delta.id), ""),
        name="".join(delta.name for delta in deltas),
        arguments="".join(delta.arguments for delta in deltas),
    )
