"""An answer's pieces, put into content blocks that come one after the other.

Chat engines mix the pieces of several calls; Anthropic's clients know one open block at a time. So
a call's arguments flow as they come while it stands first, and are held back behind an unfinished
one. A text is finished when something else begins, a call when its arguments are a JSON object.
"""

from collections import deque
from collections.abc import Callable, Iterator
from typing import Any, Literal

import msgspec

from darkhorse.wire.chunks import PublicChunk, ToolDelta

__all__ = ["Lanes"]

_Kind = Literal["text", "thinking", "tool_use"]
_DELTAS = {
    "text": ("text_delta", "text"),
    "thinking": ("thinking_delta", "thinking"),
    "tool_use": ("input_json_delta", "partial_json"),
}
_object = msgspec.json.Decoder(dict[str, msgspec.Raw])


class Lanes:
    """Gives the content_block events of an answer, in the order in which clients may see them."""

    def __init__(self, *, shows_reasoning: bool) -> None:
        self._shows_reasoning = shows_reasoning
        self._waiting: deque[_Lane] = deque()  # the first of them is open, or about to be
        self._calls: dict[int, _Lane] = {}
        self._written = 0  # blocks that have ended

    def take(self, chunk: PublicChunk) -> Iterator[dict[str, Any]]:
        """What may be sent with this chunk."""
        if chunk.reasoning and self._shows_reasoning:
            self._last("thinking").add(chunk.reasoning)
        if chunk.text or chunk.refusal:
            self._last("text").add(chunk.text + chunk.refusal)
        for delta in chunk.tools:
            self._call(delta).add(delta.arguments)
        return self._flow(lambda lane: len(self._waiting) > 1 and lane.is_whole)

    def end(self) -> Iterator[dict[str, Any]]:
        """What is left, when nothing more will come."""
        return self._flow(lambda _: True)

    def _last(self, kind: _Kind) -> "_Lane":
        if not (self._waiting and self._waiting[-1].kind == kind):
            self._waiting.append(_Lane(kind))
        return self._waiting[-1]

    def _call(self, delta: ToolDelta) -> "_Lane":
        lane = self._calls.get(delta.index)
        if lane is None:
            lane = self._calls[delta.index] = _Lane("tool_use")
            self._waiting.append(lane)
        lane.id = lane.id or delta.id
        lane.name += delta.name
        return lane

    def _flow(self, is_over: "Callable[[_Lane], bool]") -> Iterator[dict[str, Any]]:
        while self._waiting:
            lane = self._waiting[0]
            over = is_over(lane)
            if not (over or lane.may_begin):
                return
            yield from lane.events(self._written)
            if not over:
                return
            yield {"type": "content_block_stop", "index": self._written}
            self._waiting.popleft().ended = True
            self._written += 1


class _Lane:
    """One block, as far as it has come."""

    def __init__(self, kind: _Kind) -> None:
        self.kind = kind
        self.id = ""
        self.name = ""
        self.ended = False
        self._begun = False
        self._new: list[str] = []
        self._all: list[str] = []  # of a call's arguments

    def add(self, piece: str) -> None:
        """What comes behind a whole object would be no JSON, so it is let fall."""
        if piece and not self.ended:
            self._new.append(piece)
            if self.kind == "tool_use":
                self._all.append(piece)

    @property
    def may_begin(self) -> bool:
        """A name may come in pieces; with the first arguments it is whole."""
        return self.kind != "tool_use" or bool(self.name and self._all)

    @property
    def is_whole(self) -> bool:
        """Asked only where something else waits behind it."""
        if self.kind != "tool_use":
            return True
        if not (self._all and self._all[-1].rstrip().endswith("}")):
            return False  # far cheaper than to look at all of it with each piece
        try:
            _object.decode("".join(self._all))
        except (msgspec.DecodeError, RecursionError):
            return False
        return self.may_begin

    def events(self, index: int) -> Iterator[dict[str, Any]]:
        if not self._begun:
            self._begun = True
            yield {"type": "content_block_start", "index": index, "content_block": self._opening()}
        if self._new:
            kind, field = _DELTAS[self.kind]
            delta = {"type": kind, field: "".join(self._new)}
            self._new.clear()
            yield {"type": "content_block_delta", "index": index, "delta": delta}

    def _opening(self) -> dict[str, Any]:
        if self.kind == "text":
            return {"type": "text", "text": "", "citations": None}
        if self.kind == "thinking":
            return {"type": "thinking", "thinking": "", "signature": ""}
        return {
            "type": "tool_use",
            "id": self.id,
            "name": self.name,
            "input": {},
            "caller": {"type": "direct"},
        }
