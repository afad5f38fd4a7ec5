r"""How long known texts are under real tokenizers, from a file; invented tokens for any other text.

    {"counts": {VOCABULARY: {TEXT: tokens}}, "borders": {VOCABULARY: {TEXT: [characters, …]}}}

`borders`: where each token of a line ends; in a text of several lines each newline is a token, and
a line may be there as it is behind another ("\n" + line) too. Integers only, nobody's vocabulary.
"""

import zlib
from collections.abc import Mapping, Sequence
from pathlib import Path

import msgspec
from msgspec import Struct

from darkhorse.upstream.scripted.vocabulary import encoded, tokenizer

__all__ = ["NOTHING", "Measured", "load"]


class Measured(Struct, frozen=True, forbid_unknown_fields=True):
    """What was measured of each vocabulary."""

    counts: Mapping[str, Mapping[str, int]] = {}
    borders: Mapping[str, Mapping[str, tuple[int, ...]]] = {}

    def tokens(self, vocabulary: str, text: str) -> list[str]:
        """The text in as many pieces as it has tokens; the last may hold nothing to see."""
        if lines := self._lines(vocabulary, text):
            return lines
        many = self.counts.get(vocabulary, {}).get(text)
        if many is None:
            return _invented(vocabulary, text)
        return _cut(text, [len(text) * (at + 1) // many for at in range(many)])

    def _lines(self, vocabulary: str, text: str) -> list[str]:
        """Empty where a line is not known."""
        known, found = self.borders.get(vocabulary, {}), list[str]()
        for place, line in enumerate(text.split("\n")):
            ends = known.get(line)
            if place:
                ends = known.get("\n" + line, ends)
                found.append("\n")
            if ends is None:
                return []
            found += _cut(line, ends)
        return found

    def count(self, vocabulary: str, text: str) -> int:
        """Tokens of a text."""
        known = self.counts.get(vocabulary, {}).get(text)
        return len(self.tokens(vocabulary, text)) if known is None else known


NOTHING = Measured()


def load(path: Path) -> Measured:
    """Raises OSError, and ValueError where the file is of another form."""
    try:
        return msgspec.json.decode(path.read_bytes(), type=Measured)
    except msgspec.DecodeError as e:
        raise ValueError(f"{path}: {e}") from None


def _cut(text: str, ends: Sequence[int]) -> list[str]:
    starts = (0, *ends[:-1])
    return [text[start:end] for start, end in zip(starts, ends, strict=True)]


def _invented(vocabulary: str, text: str) -> list[str]:
    """Other ones for each vocabulary, and always the same."""
    cut = tokenizer("merges", zlib.crc32(encoded(vocabulary)))
    return [each.decode("utf-8", "surrogatepass") for each in cut(text)]
