"""Texts of several kinds, a page each, to count in an engine's own tokens. Written for this."""

from functools import cache
from importlib import resources

from msgspec import Struct

__all__ = ["HEAD", "PROSE", "Sample", "samples"]

HEAD = "Read the following and answer with one word.\n\n"
"""Stands before each sample; alone, it tells what the engine's template adds."""

PROSE = "prose"

_KINDS = {
    "prose": True,
    "code": True,
    "chinese": False,
    "russian": False,
    "numbers": False,
    "base64": False,
    "emoji": False,
}


class Sample(Struct, frozen=True, kw_only=True):
    """A kind of text. A listing's limits must be true of the `typical` kinds."""

    kind: str
    typical: bool
    text: str

    @property
    def public(self) -> float:
        """Public tokens, not rounded: UTF-8 bytes / 4."""
        return len(self.text.encode()) / 4


@cache
def samples() -> tuple[Sample, ...]:
    """All of them, prose first."""
    folder = resources.files(__package__) / "texts"
    return tuple(
        Sample(kind=kind, typical=typical, text=(folder / f"{kind}.txt").read_text("utf-8"))
        for kind, typical in _KINDS.items()
    )
