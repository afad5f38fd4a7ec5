"""What a client of completions gets: chunks, or a whole answer. Only PublicChunks go in.

Calls of tools cannot be said here, and none are asked for. Errors are those of chat completions.
"""

from collections.abc import Sequence
from typing import Any

import msgspec

from darkhorse.base.errors import DarkhorseError
from darkhorse.wire.chat.answer import (
    DONE,
    KEEPALIVE,
    NO_FINGERPRINT,
    PROVIDER,
    error_body,
    usage_object,
)
from darkhorse.wire.chunks import Finish, PublicChunk
from darkhorse.wire.dialect import Head
from darkhorse.wire.sse import event

__all__ = ["CompletionsAnswer", "error_body"]

_encode = msgspec.json.Encoder().encode
_ERROR = msgspec.json.Decoder(dict[str, msgspec.Raw])


class CompletionsAnswer:
    """Renders one generation under its public name."""

    def __init__(self, head: Head) -> None:
        self._facts = {
            "id": head.id,
            "object": "text_completion",
            "created": head.created,
            "model": head.model,
            "provider": PROVIDER,
            "system_fingerprint": NO_FINGERPRINT,
        }
        self._shows_reasoning = head.request.shows_reasoning

    def chunks(self, batch: Sequence[PublicChunk]) -> bytes:
        """Events for a batch; a chunk with usage gets a last event of its own."""
        return b"".join(map(self._events, batch))

    def done(self) -> bytes:
        """The mark that all went well."""
        return DONE

    def keepalive(self) -> bytes:
        """A comment, for a silent stream."""
        return KEEPALIVE

    def fault(self, error: DarkhorseError) -> bytes:
        """The last event of a stream that broke; no `[DONE]` follows."""
        return self._event([_choice("", "error")], **_ERROR.decode(error_body(error)))

    def whole(self, chunks: Sequence[PublicChunk]) -> bytes:
        """The unstreamed answer; the last chunk has finish and usage."""
        last = chunks[-1]
        text = "".join(chunk.text + chunk.refusal for chunk in chunks)
        choice = _choice(text, last.finish, self._thought(chunks))
        usage = {"usage": usage_object(last.usage)} if last.usage else {}
        return _encode({**self._facts, "choices": [choice], **usage})

    def _events(self, chunk: PublicChunk) -> bytes:
        thought = self._thought((chunk,))
        text = chunk.text + chunk.refusal
        said = b""
        if text or thought or chunk.finish:
            said = self._event([_choice(text, chunk.finish, thought)])
        if chunk.usage:
            said += self._event([], usage=usage_object(chunk.usage))
        return said

    def _event(self, choices: list[dict[str, Any]], **rest: Any) -> bytes:
        return event(_encode({**self._facts, "choices": choices, **rest}))

    def _thought(self, chunks: Sequence[PublicChunk]) -> str:
        return "".join(chunk.reasoning for chunk in chunks) if self._shows_reasoning else ""


def _choice(text: str, finish: Finish | None, thought: str = "") -> dict[str, Any]:
    finish = "stop" if finish == "tool_calls" else finish
    choice: dict[str, Any] = {
        "index": 0,
        "text": text,
        "finish_reason": finish,
        "native_finish_reason": finish,
        "logprobs": None,
    }
    return {**choice, "reasoning": thought} if thought else choice
