"""The words of a wrapped reply as they come: `{"reply":"…` is decoded piece by piece. Pure."""

import re

import msgspec

__all__ = ["Words"]

_HEAD = re.compile(r'\s*\{\s*"reply"\s*:\s*"')
_LONGEST_HEAD = 64  # characters; with more than that before its words, it waits until it is whole
_WHOLE = re.compile(
    r'(?:[^"\\]|\\["\\/bfnrt]|\\u(?![dD][89a-fA-F])[0-9a-fA-F]{4}'
    r"|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2})*"
)
"""As much of a JSON string as cannot change any more: whole escapes, and whole pairs of them."""


class Words:
    """`told` is what was given so far; whoever reads the whole gives the rest."""

    def __init__(self) -> None:
        self.told = ""
        self._held = ""
        self._has_begun = False
        self._is_over = False

    def feed(self, text: str) -> str:
        """What may go on of `text` and of what was held before it."""
        if self._is_over:
            return ""
        self._held += text
        if not self._has_begun and not self._begin():
            return ""
        whole = _WHOLE.match(self._held)
        passed = whole[0] if whole else ""
        self._held = self._held[len(passed) :]
        self._is_over = self._held.startswith('"')
        words = self._decoded(passed)
        self.told += words
        return words

    def _begin(self) -> bool:
        head = _HEAD.match(self._held)
        if head:
            self._held = self._held[head.end() :]
            self._has_begun = True
        else:
            self._is_over = len(self._held) > _LONGEST_HEAD
        return self._has_begun

    def _decoded(self, escaped: str) -> str:
        try:
            return msgspec.json.decode(f'"{escaped}"', type=str)
        except (msgspec.DecodeError, UnicodeEncodeError):  # no JSON after all
            self._is_over = True
            return ""
