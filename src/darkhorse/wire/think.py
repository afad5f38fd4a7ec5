"""Thoughts that an engine writes into its text, `<think>…</think>`, told apart from the answer.

Only what an answer begins with can be thoughts: a tag later on is text, such as code. The tags go,
and with them the blanks before the answer; everything else stays, in its order. Of blanks without
end only so many wait or go: the others count as what they stand in, so that its limit ends them.
"""

from collections.abc import Sequence

from msgspec import structs

from darkhorse.wire.chunks import Chunk

__all__ = ["ThinkSplitter", "split"]

_NAMES = ("think", "thinking", "reasoning")
_OPEN = tuple(f"<{name}>" for name in _NAMES)
_CLOSE = tuple(f"</{name}>" for name in _NAMES)
_BLANKS = 640  # characters held back or dropped in one place, of three; see router/admit.py


class ThinkSplitter:
    """Feed it an answer's chunks as they come, cut anywhere.

    `is_open`: the template has opened the tag in the prompt, so the answer begins inside it.
    """

    def __init__(self, *, is_open: bool = False) -> None:
        self._is_open = is_open
        self._closing: tuple[str, ...] = _CLOSE  # the tags that may end the thoughts
        self._blanks: list[str] = []  # before the first word, or tag
        self._room = _BLANKS  # for more of them, here
        self._held = ""  # may yet become a tag
        self._step = self._begin

    @property
    def is_through(self) -> bool:
        """Is the rest of the answer text, and nothing held back?"""
        return self._step == self._answer

    def feed(self, chunks: Sequence[Chunk]) -> list[Chunk]:
        """The same chunks, with thoughts in `reasoning`; what may be half a tag waits."""
        if self.is_through:
            return list(chunks)
        return [passed for chunk in chunks if (passed := self._feed(chunk)) != _NOTHING]

    def close(self) -> list[Chunk]:
        """What was held back, at the end of an answer."""
        rest = self._feed(Chunk(), is_last=True)
        return [] if rest == _NOTHING else [rest]

    def _feed(self, chunk: Chunk, *, is_last: bool = False) -> Chunk:
        if chunk.reasoning and self._step == self._begin:
            reasoning, text = self._leave_alone(chunk.text)
        else:
            reasoning, text = self._step(chunk.text)
        if is_last or chunk.finish or chunk.tools or chunk.refusal:
            more = self._give_up()
            reasoning, text = reasoning + more[0], text + more[1]
        if (reasoning, text) == ("", chunk.text):
            return chunk
        return structs.replace(chunk, reasoning=chunk.reasoning + reasoning, text=text)

    def _leave_alone(self, text: str) -> tuple[str, str]:
        """The engine tells them apart itself."""
        self._step = self._answer
        return "", self._take() + text

    def _take(self) -> str:
        """All that was held back."""
        held = "".join(self._blanks) + self._held
        self._blanks.clear()
        self._held = ""
        return held

    def _give_up(self) -> tuple[str, str]:
        """What was held back becomes no tag any more."""
        held = self._take()
        if self._step == self._begin and held.strip():
            self._step = self._think if self._is_open else self._answer
        return (held, "") if self._step == self._think else ("", held)

    def _begin(self, text: str) -> tuple[str, str]:
        """Nothing but blanks so far, or half a tag."""
        if text[:1].isalnum() and not (self._held or self._blanks or self._is_open):
            self._step = self._answer  # as most answers begin
            return "", text
        if not self._held:
            start = text.lstrip()
            self._blanks.append(text[: len(text) - len(start)])
            self._room -= len(text) - len(start)
            text = start
        self._held += text
        for tag, closing in zip(_OPEN, _CLOSE, strict=True):
            if self._held.startswith(tag) and self._room >= 0:
                self._closing = (closing,)
                self._step, self._room = self._think_first, _BLANKS
                return self._think_first(self._take().lstrip()[len(tag) :])
        if self._room >= 0 and any(tag.startswith(self._held) for tag in _OPEN):
            return "", ""
        self._step = self._think if self._is_open else self._answer
        return self._step(self._take())

    def _think_first(self, text: str) -> tuple[str, str]:
        """Just inside the tag: the blanks go with it."""
        if not (text := self._without_blanks(text)):
            return "", ""
        self._step = self._think
        return self._think(text)

    def _without_blanks(self, text: str) -> str:
        """Without those at its beginning, while there is room."""
        start = text.lstrip()
        dropped = min(len(text) - len(start), self._room)
        self._room -= dropped
        return text[dropped:]

    def _think(self, text: str) -> tuple[str, str]:
        """Inside the thoughts."""
        text, self._held = self._held + text, ""
        ends = [(at, tag) for tag in self._closing if (at := text.find(tag)) >= 0]
        if not ends:
            half = _half_a_tag(text, self._closing)
            self._held = text[len(text) - half :]
            return text[: len(text) - half], ""
        at, tag = min(ends)
        self._step, self._room = self._answer_first, _BLANKS
        return text[:at], self._answer_first(text[at + len(tag) :])[1]

    def _answer_first(self, text: str) -> tuple[str, str]:
        """Just behind the tag: the blanks go with it."""
        if text := self._without_blanks(text):
            self._step = self._answer
        return "", text

    def _answer(self, text: str) -> tuple[str, str]:
        return "", text


_NOTHING = Chunk()


def _half_a_tag(text: str, tags: Sequence[str]) -> int:
    """How many characters at the end of `text` may be the beginning of one of `tags`."""
    longest = max(map(len, tags)) - 1
    for size in range(min(longest, len(text)), 0, -1):
        if any(tag.startswith(text[-size:]) for tag in tags):
            return size
    return 0


def split(text: str, *, is_open: bool = False) -> tuple[str, str]:
    """Thoughts and answer of a whole text."""
    splitter = ThinkSplitter(is_open=is_open)
    chunks = [*splitter.feed([Chunk(text=text)]), *splitter.close()]
    return "".join(c.reasoning for c in chunks), "".join(c.text for c in chunks)
