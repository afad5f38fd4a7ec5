"""The contract of whatever answers a generation request."""

from collections.abc import AsyncGenerator
from typing import Protocol

from darkhorse.wire.chunks import Chunk
from darkhorse.wire.request import EngineRequest

__all__ = ["Upstream"]


class Upstream(Protocol):
    """One endpoint, ready to be asked. Knows address, model and key; shows none of them."""

    def answer(self, request: EngineRequest) -> AsyncGenerator[list[Chunk], None]:
        """Send, and yield the answer as it comes: all chunks of one read together.

        The last chunk but for usage has a `finish`; an answer that ends without one raises.
        Raises UpstreamFault. Closing the generator cancels the request upstream.
        """
        ...

    async def close(self) -> None:
        """Let go of its connections."""
        ...
