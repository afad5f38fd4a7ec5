"""What an embeddings client gets: one list of vectors. Only PublicChunks go in."""

from collections.abc import Sequence
from typing import Any

import msgspec
from msgspec import Struct

from darkhorse.base.errors import DarkhorseError
from darkhorse.wire.chunks import PublicChunk, Usage
from darkhorse.wire.dialect import Head
from darkhorse.wire.embeddings.vectors import unpack

__all__ = ["EmbeddingsAnswer"]

_encode = msgspec.json.Encoder().encode


class _Asked(Struct):
    encoding_format: str | None = None


_asked = msgspec.json.Decoder(_Asked)


class EmbeddingsAnswer:
    """Renders the vectors of one request. There is no stream of them: its events are empty."""

    def __init__(self, head: Head) -> None:
        self._head = head
        self._as_base64 = _asked.decode(head.request.body).encoding_format == "base64"

    def chunks(self, batch: Sequence[PublicChunk]) -> bytes:  # noqa: ARG002 (never streamed)
        """See Answer."""
        return b""

    def done(self) -> bytes:
        """See Answer."""
        return b""

    def keepalive(self) -> bytes:
        """See Answer."""
        return b""

    def fault(self, error: DarkhorseError) -> bytes:  # noqa: ARG002 (never streamed)
        """See Answer."""
        return b""

    def whole(self, chunks: Sequence[PublicChunk]) -> bytes:
        """See Answer."""
        vectors = [vector for chunk in chunks for vector in chunk.vectors]
        data = [
            {"object": "embedding", "index": at, "embedding": self._shown(vector)}
            for at, vector in enumerate(vectors)
        ]
        head = {"object": "list", "id": self._head.id, "model": self._head.model}
        usage = chunks[-1].usage
        return _encode({**head, "data": data, **({"usage": _usage(usage)} if usage else {})})

    def _shown(self, vector: bytes) -> bytes | list[float]:
        return vector if self._as_base64 else unpack(vector)  # bytes are encoded as base64


def _usage(usage: Usage) -> dict[str, Any]:
    """In public tokens and dollars."""
    return {
        "prompt_tokens": usage.prompt,
        "total_tokens": usage.total,
        "cost": usage.micro_usd / 1_000_000 if usage.micro_usd else 0,
        "is_byok": False,
    }
