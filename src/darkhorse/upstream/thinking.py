"""An upstream whose thoughts are told apart from its answer, where the engine does not do so."""

from collections.abc import AsyncGenerator
from contextlib import aclosing

from darkhorse.catalog.quirks import Quirks
from darkhorse.upstream.base import Upstream
from darkhorse.upstream.fitting import ends_with_assistant, thinks
from darkhorse.wire.chunks import Chunk
from darkhorse.wire.request import EngineRequest
from darkhorse.wire.saying import saying
from darkhorse.wire.think import ThinkSplitter

__all__ = ["Thinking"]


class Thinking:
    """`inner` with the thoughts in its text as `reasoning`. See Quirks.thinking."""

    def __init__(self, inner: Upstream, quirks: Quirks) -> None:
        self._inner = inner
        self._quirks = quirks

    async def answer(self, request: EngineRequest) -> AsyncGenerator[list[Chunk], None]:
        """See Upstream."""
        with saying():
            splitter = ThinkSplitter(is_open=self._begins_open(request))
        async with aclosing(self._inner.answer(request)) as answer:
            async for chunks in answer:
                if passed := chunks if splitter.is_through else splitter.feed(chunks):
                    yield passed
        if rest := splitter.close():
            yield rest

    async def close(self) -> None:
        """See Upstream."""
        await self._inner.close()

    def _begins_open(self, request: EngineRequest) -> bool:
        """Has the template opened the tag, for this request?

        Not where it was told not to think, where it goes on with words of the client's, or where
        a schema holds from the first token on.
        """
        return (
            self._quirks.thinking == "open"
            and "response_format" not in request.parameters
            and thinks(request, self._quirks)
            and not ends_with_assistant(request.messages)
        )
