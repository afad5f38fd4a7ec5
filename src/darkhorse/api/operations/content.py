"""What one generation was asked and what it answered, in the shape that OpenRouter's SDKs read.

Either may be megabytes: the answer is made in the thread that read it, and sent piece by piece.
"""

import asyncio
from contextlib import suppress
from typing import Any

import msgspec
from msgspec import Raw, Struct
from starlette.responses import Response

from darkhorse.api.asgi import Receive, Scope, Send
from darkhorse.base.errors import DarkhorseError, Internal, RateLimited
from darkhorse.storage.accounting import GenerationContent

__all__ = ["ContentAnswer", "Outbox", "content_answer"]

_PIECE = 64 * 1024
_SEND_S = 300.0
_LATER_S = 10


class Output(Struct, frozen=True):
    """As much as there was."""

    completion: str | None
    reasoning: str | None


class Failure(Struct, frozen=True, kw_only=True):
    """In our words: what an engine said is not told."""

    status: int | None
    message: str | None
    provider_name: str | None = None
    raw: str | None = None
    previous_errors: tuple[dict[str, Any], ...] = ()


class Content(Struct, frozen=True):
    """`input` holds `messages`, or a `prompt`, as they were sent."""

    input: dict[str, Raw]
    output: Output
    error: Failure | None


class ContentAnswer(Struct, frozen=True):
    """What was asked and answered."""

    data: Content


def content_answer(found: GenerationContent) -> bytes:
    """`ContentAnswer` as JSON. Takes as long as the body is large."""
    answer = found.answer
    failed = found.outcome in ("failed", "interrupted")
    content = Content(
        input=_input(found.dialect, found.request),
        output=Output(answer.content or None, answer.reasoning or None),
        error=_failure(found) if failed else None,
    )
    return msgspec.json.encode(ContentAnswer(content))


# --- what was asked: what its dialect reads, whatever else the body holds ---

_NOTHING = Raw(b'""')


class _Said(Struct, frozen=True):
    """The fields that hold a conversation, in one dialect or another."""

    messages: Raw = Raw(b"[]")
    system: Raw = _NOTHING
    input: Raw = _NOTHING
    instructions: Raw = _NOTHING
    prompt: Raw = _NOTHING


_decode = msgspec.json.Decoder(_Said).decode


def _input(dialect: str, request: bytes) -> dict[str, Raw]:
    said = _decode(request)
    match dialect:
        case "messages":
            return {"messages": _behind(said.system, said.messages)}
        case "responses" if _is_said(said.instructions):
            return {"messages": _behind(said.instructions, _listed(said.input))}
        case "responses" | "embeddings":
            return _text_or_list(said.input)
        case "completions":
            return _text_or_list(said.prompt)
    return {"messages": said.messages}


def _is_said(value: Raw) -> bool:
    return bytes(value) not in (b"null", b'""', b"[]")


def _begins(value: Raw, mark: bytes) -> bool:
    return bytes(memoryview(value)[:1]) == mark


def _behind(system: Raw, messages: Raw) -> Raw:
    """The conversation, a system message in front of it."""
    if not _is_said(system):
        return messages
    first = {"role": "system", "content": system}
    return Raw(msgspec.json.encode([first, *msgspec.json.decode(messages, type=list[Raw])]))


def _listed(given: Raw) -> Raw:
    """A text is what a user says."""
    if _begins(given, b"["):
        return given
    return Raw(msgspec.json.encode([{"role": "user", "content": given}]))


def _text_or_list(given: Raw) -> dict[str, Raw]:
    """A text is a prompt, in a list of its own too; of several things no prompt can be made."""
    if not _begins(given, b"["):
        return {"prompt": given}
    items = msgspec.json.decode(given, type=list[Raw])
    if len(items) == 1 and _begins(items[0], b'"'):
        return {"prompt": items[0]}
    return {"messages": given}


# --- how it failed ---


def _failure(found: GenerationContent) -> Failure:
    return Failure(status=found.status, message=_words(found.status, found.error_type))


def _words(status: int, error_type: str) -> str:
    """What such a failure is called in general: the record keeps no more that is public."""
    for error in _tree(DarkhorseError):
        if (error.status, error.error_type) == (status, error_type):
            return error.default_message
    return Internal.default_message


def _tree(root: type[DarkhorseError]) -> list[type[DarkhorseError]]:
    found = []
    for each in root.__subclasses__():
        found += [each, *_tree(each)]
    return found


# --- on its way out ---


class Outbox:
    """Answers that are being sent, at most `most_bytes` of them; a larger one goes alone."""

    def __init__(self, most_bytes: int) -> None:
        self._most_bytes = most_bytes
        self._held = 0

    def answer(self, body: bytes) -> Response:
        """Holds its bytes until they are gone. Raises RateLimited where there is no room."""
        if self._held and self._held + len(body) > self._most_bytes:
            raise RateLimited(
                "Too much is being sent just now; try again shortly.", retry_after=_LATER_S
            )
        return _Pieces(self, body)

    def hold(self, size: int) -> None:
        """So many bytes more; fewer where it is below 0."""
        self._held += size


class _Pieces(Response):
    """Sent as fast as the client takes it, so that no second copy waits in the transport.

    One that takes too long is cut off: it holds room that others need.
    """

    def __init__(self, outbox: Outbox, body: bytes) -> None:
        super().__init__(body, media_type="application/json")
        self._outbox = outbox
        outbox.hold(len(body))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        del scope, receive  # the server says by `send` that the client is gone
        try:
            with suppress(TimeoutError):
                async with asyncio.timeout(_SEND_S):
                    await self._send(send)
        finally:
            self._outbox.hold(-len(self.body))

    async def _send(self, send: Send) -> None:
        head = {"status": self.status_code, "headers": self.raw_headers}
        await send({"type": "http.response.start", **head})
        whole = memoryview(self.body)
        for at in range(0, len(whole), _PIECE):
            piece = bytes(whole[at : at + _PIECE])
            await send({"type": "http.response.body", "body": piece, "more_body": True})
            await asyncio.sleep(0)  # a fast client must not hold the loop
        await send({"type": "http.response.body", "body": b""})
