"""Stop strings over the edges of tokens: what may yet become one is held back."""

from collections.abc import Sequence

__all__ = ["LONGEST", "Stops"]

LONGEST = 500
"""Characters of one stop string."""


class Stops:
    """Of one answer. The text ends in front of the stop string that is the first to be whole."""

    def __init__(self, stops: Sequence[str]) -> None:
        self._stops = tuple(stops)
        self._held = ""
        self.passed = 0
        """Characters that came out."""
        self.is_over = False
        """A stop string was found; nothing comes out any more."""

    @property
    def seen(self) -> int:
        """Characters that came in, up to a stop string."""
        return self.passed + len(self._held)

    def feed(self, text: str) -> str:
        """What is sure to be part of the answer now."""
        if self.is_over:
            return ""
        text = self._held + text
        self._held = ""
        found = [(at + len(stop), at) for stop in self._stops if (at := text.find(stop)) >= 0]
        if found:
            self.is_over = True
            return self._pass(text[: min(found)[1]])
        keep = max((_half(stop, text) for stop in self._stops), default=0)
        self._held = text[len(text) - keep :]
        return self._pass(text[: len(text) - keep])

    def close(self) -> str:
        """What was held back, once the answer has ended."""
        held, self._held = self._held, ""
        return self._pass(held)

    def _pass(self, text: str) -> str:
        self.passed += len(text)
        return text


def _half(stop: str, text: str) -> int:
    """How many characters at the end of a text may be the beginning of a stop string."""
    most = min(len(stop) - 1, len(text))
    return next((size for size in range(most, 0, -1) if text.endswith(stop[:size])), 0)
