"""Tags in text that comes in pieces."""

from collections.abc import Sequence

__all__ = ["BLANKS", "MOST_BLANKS", "follows", "half_of"]

BLANKS = " \t\r\n"
MOST_BLANKS = 64
"""Between two tags; more of them are no longer taken for what stands between tags."""


def half_of(tag: str, text: str) -> int:
    """How many characters at the end of `text` may be the beginning of `tag`."""
    for size in range(min(len(tag) - 1, len(text)), 0, -1):
        if text.endswith(tag[:size]):
            return size
    return 0


def follows(text: str, tags: Sequence[str]) -> str | None:
    """The tag that `text` begins with, blanks aside; "" if it may yet be one; None if none is."""
    head = text[: MOST_BLANKS + max(map(len, tags))]
    start = head.lstrip(BLANKS)
    if len(head) - len(start) > MOST_BLANKS:
        return None
    for tag in tags:
        if start.startswith(tag):
            return tag
    return "" if any(tag.startswith(start) for tag in tags) else None
