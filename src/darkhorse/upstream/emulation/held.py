"""A wrapped answer: words flow, a call waits until it is whole. Pure."""

from msgspec import structs

from darkhorse.upstream.emulation import envelope
from darkhorse.upstream.emulation.words import Words
from darkhorse.wire.chunks import Chunk, Finish

__all__ = ["Held"]

_BYTES_A_TOKEN = 8  # of JSON; more than that on average is no language
_SLACK = 4096
_MOST_TOKENS = 500_000  # where nobody named a limit


class Held:
    """Thoughts, counts and names pass. `max_tokens`: what the engine was to keep to."""

    def __init__(self, stops: tuple[str, ...], max_tokens: int | None) -> None:
        self._stops = stops
        self._room = (max_tokens or _MOST_TOKENS) * _BYTES_A_TOKEN + _SLACK
        self._pieces: list[str] = []
        self._finish: Finish | None = None
        self._native = ""
        self._words = None if stops else Words()  # a stop may begin in words and end in others

    @property
    def is_full(self) -> bool:
        """Has the engine written more than it was to? Nothing more is worth reading then."""
        return self._room < 0

    def feed(self, chunks: list[Chunk]) -> list[Chunk]:
        """What of them may pass."""
        return [passed for chunk in chunks if (passed := self._feed(chunk)) != Chunk()]

    def _feed(self, chunk: Chunk) -> Chunk:
        words = ""
        if chunk.text:
            self._pieces.append(chunk.text)
            self._room -= len(chunk.text)
            words = self._words.feed(chunk.text) if self._words else ""
        if chunk.finish:
            self._finish, self._native = chunk.finish, chunk.native_finish
        return structs.replace(chunk, text=words, finish=None, native_finish="")

    def close(self) -> Chunk:
        """What it came to, but for the words that have gone on already."""
        if self.is_full:
            self._finish = "length"
        text = "".join(self._pieces)
        content = envelope.read(text)
        if content is None:
            # Cut off, only words are worth something. JSON that never was any is words too.
            is_cut = self._finish in ("length", "content_filter", "error")
            content = envelope.Content(envelope.read_partly(text) if is_cut else text)
        words, finish = content.text, self._finish or "stop"
        if content.calls and finish == "stop":
            finish = "tool_calls"
        if (cut := _cut(words, self._stops)) is not None:
            words, finish = cut, "stop"
        if self._words:
            words = words.removeprefix(self._words.told)
        return Chunk(text=words, tools=content.calls, finish=finish, native_finish=self._native)


def _cut(text: str, stops: tuple[str, ...]) -> str | None:
    """The text up to the first stop in it; None where there is none."""
    found = [at for stop in stops if (at := text.find(stop)) >= 0]
    return text[: min(found)] if found else None
