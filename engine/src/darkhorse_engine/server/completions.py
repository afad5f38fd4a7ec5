"""Answers of POST /v1/completions: text that goes on from a prompt."""

from collections.abc import Callable, Sequence
from typing import Any

import msgspec

from darkhorse.wire.sse import event
from darkhorse_engine.server.answer import Likely, Piece
from darkhorse_engine.server.chat import usage_object

__all__ = ["CompletionAnswer"]

_encode = msgspec.json.Encoder().encode


class CompletionAnswer:
    """Of one request. A last piece has `finish` and `usage`."""

    def __init__(
        self, number: str, created: int, model: str, bytes_of: Callable[[int], bytes]
    ) -> None:
        self._head = {
            "id": f"cmpl-{number}",
            "object": "text_completion",
            "created": created,
            "model": model,
        }
        self._bytes_of = bytes_of

    def event(self, piece: Piece, *, shows_likely: bool) -> bytes:
        """One piece of a stream."""
        return event(_encode(self._body([piece], shows_likely=shows_likely)))

    def usage_event(self, last: Piece) -> bytes:
        """For clients that want it."""
        return event(_encode({**self._head, "choices": [], "usage": usage_object(last)}))

    def whole(self, pieces: Sequence[Piece], *, shows_likely: bool) -> bytes:
        """The unstreamed answer."""
        body = self._body(pieces, shows_likely=shows_likely)
        return _encode({**body, "usage": usage_object(pieces[-1])})

    def _body(self, pieces: Sequence[Piece], *, shows_likely: bool) -> dict[str, Any]:
        likely = [each for piece in pieces for each in piece.likely]
        choice = {
            "index": 0,
            "text": "".join(piece.text for piece in pieces),
            "logprobs": self._logprobs(likely) if shows_likely else None,
            "finish_reason": pieces[-1].finish,
        }
        return {**self._head, "choices": [choice]}

    def _logprobs(self, likely: Sequence[Likely]) -> dict[str, Any]:
        tops = [{self._text(token): logprob for token, logprob in each.top} for each in likely]
        return {
            "tokens": [self._text(each.token) for each in likely],
            "token_logprobs": [each.logprob for each in likely],
            "top_logprobs": tops,
            "text_offset": [each.start for each in likely],
        }

    def _text(self, token: int) -> str:
        return self._bytes_of(token).decode("utf-8", "replace")
