"""Answers of POST /v1/chat/completions: chunks, or a whole message."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from darkhorse.wire.sse import event
from darkhorse_engine.sequence import Usage
from darkhorse_engine.server.answer import Call, Likely, Piece

__all__ = ["ChatAnswer", "usage_object"]

_encode = msgspec.json.Encoder().encode

Bytes = Callable[[int], bytes]
"""What a token stands for."""


class ChatAnswer:
    """Of one request. A last piece has `finish` and `usage`."""

    def __init__(self, number: str, created: int, model: str, bytes_of: Bytes) -> None:
        self._head = {"id": f"chatcmpl-{number}", "created": created, "model": model}
        self._bytes_of = bytes_of
        self._has_begun = False

    def event(self, piece: Piece, *, shows_likely: bool) -> bytes:
        """One piece of a stream."""
        delta: dict[str, Any] = {} if self._has_begun else {"role": "assistant", "content": ""}
        self._has_begun = True
        if piece.thoughts:
            delta["reasoning_content"] = piece.thoughts
        if piece.text:
            delta["content"] = piece.text
        if piece.calls:
            delta["tool_calls"] = [_call_delta(call) for call in piece.calls]
        choice = self._choice("delta", delta, piece.finish, piece.likely, shows=shows_likely)
        return event(_encode(self._body("chat.completion.chunk", [choice])))

    def usage_event(self, last: Piece) -> bytes:
        """For clients that want it."""
        body = self._body("chat.completion.chunk", [])
        return event(_encode({**body, "usage": usage_object(last)}))

    def whole(self, pieces: Sequence[Piece], *, shows_likely: bool) -> bytes:
        """The unstreamed answer."""
        last = pieces[-1]
        text = "".join(piece.text for piece in pieces)
        calls = _joined([call for piece in pieces for call in piece.calls])
        message: dict[str, Any] = {"role": "assistant", "content": text or (None if calls else "")}
        if thoughts := "".join(piece.thoughts for piece in pieces):
            message["reasoning_content"] = thoughts
        if calls:
            message["tool_calls"] = calls
        likely = [each for piece in pieces for each in piece.likely]
        choice = self._choice("message", message, last.finish, likely, shows=shows_likely)
        body = self._body("chat.completion", [choice])
        return _encode({**body, "usage": usage_object(last)})

    def _body(self, kind: str, choices: list[Any]) -> dict[str, Any]:
        return {**self._head, "object": kind, "choices": choices}

    def _choice(
        self, key: str, said: Any, finish: str | None, likely: Sequence[Likely], *, shows: bool
    ) -> dict[str, Any]:
        content = [self._likely(each) for each in likely]
        logprobs = {"content": content} if shows and (content or key == "message") else None
        return {"index": 0, key: said, "logprobs": logprobs, "finish_reason": finish}

    def _likely(self, likely: Likely) -> dict[str, Any]:
        top = [self._token(token, logprob) for token, logprob in likely.top]
        return {**self._token(likely.token, likely.logprob), "top_logprobs": top}

    def _token(self, token: int, logprob: float) -> dict[str, Any]:
        raw = self._bytes_of(token)
        text = raw.decode("utf-8", "replace")
        return {"token": text, "logprob": max(logprob, -9999.0), "bytes": list(raw)}


def usage_object(last: Piece) -> dict[str, Any]:
    """OpenAI's `usage`. Thoughts are counted with the token that ends them."""
    usage = last.usage or Usage(0, 0, 0)
    return {
        "prompt_tokens": usage.prompt,
        "completion_tokens": usage.generated,
        "total_tokens": usage.prompt + usage.generated,
        "prompt_tokens_details": {"cached_tokens": usage.cached},
        "completion_tokens_details": {"reasoning_tokens": last.thought_tokens},
    }


def _call_delta(call: Call) -> dict[str, Any]:
    if not call.id:
        return {"index": call.index, "function": {"arguments": call.arguments}}
    function = {"name": call.name, "arguments": call.arguments}
    return {"index": call.index, "id": call.id, "type": "function", "function": function}


def _joined(pieces: Sequence[Call]) -> list[dict[str, Any]]:
    """Whole calls, in their order."""
    calls: dict[int, dict[str, Any]] = {}
    for piece in pieces:
        if piece.id:
            function = {"name": piece.name, "arguments": ""}
            calls[piece.index] = {"id": piece.id, "type": "function", "function": function}
        calls[piece.index]["function"]["arguments"] += piece.arguments
    return list(calls.values())
