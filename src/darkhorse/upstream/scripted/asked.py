"""A chat request as it came, read for what scenarios want to know of it."""

from collections.abc import Callable
from typing import Any

import msgspec
from msgspec import Raw, Struct

from darkhorse.upstream.scripted.ask import Ask, Shape
from darkhorse.upstream.scripted.measured import NOTHING, Measured
from darkhorse.upstream.scripted.plant import Plant
from darkhorse.upstream.scripted.prefixes import Prefixes
from darkhorse.upstream.scripted.seen import Request

__all__ = ["MESSAGES", "Asked", "read"]

MESSAGES = "/v1/messages"
"""Anthropic's dialect; only some imitations speak it."""


class Asked(Struct):
    """The fields of a request that are of use."""

    model: str
    stream: bool | None = False
    messages: Raw = Raw(b"[]")
    tools: Raw = Raw(b"[]")
    tool_choice: Raw = Raw(b"null")
    response_format: Raw = Raw(b"null")
    max_tokens: Any = None
    max_completion_tokens: Any = None

    def limit(self) -> int | None:
        """The most tokens the answer may have; None where the request does not say it well."""
        said = self.max_tokens or self.max_completion_tokens
        return said if isinstance(said, int) and said > 0 else None

    def ask(
        self,
        request: Request,
        shape: Shape,
        *,
        plant: Plant,
        count: Callable[[str], int],
        prefixes: Prefixes,
        measured: Measured = NOTHING,
    ) -> Ask:
        """The question to a scenario."""
        return Ask(
            stream=bool(self.stream),
            shape=shape,
            plant=plant,
            messages=self.messages,
            tools=self.tools,
            tool_choice=self.tool_choice,
            response_format=self.response_format,
            max_tokens=self.limit(),
            dialect="messages" if request.path.endswith(MESSAGES) else "chat",
            path=request.path,
            key=_key(request),
            body=request.body,
            count=count,
            prefixes=prefixes,
            measured=measured,
        )


_decode = msgspec.json.Decoder(Asked).decode


def read(request: Request) -> Asked:
    """Raises msgspec.DecodeError for a body that asks nothing."""
    return _decode(request.body)


def _key(request: Request) -> str:
    """The key that came with it, in either way; "" for none."""
    headers = {name.lower(): value for name, value in request.headers}
    sent = headers.get(b"x-api-key") or headers.get(b"authorization") or b""
    return sent.decode("latin-1").removeprefix("Bearer ").strip()
