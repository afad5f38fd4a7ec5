"""What was said, in a form that a table can hold."""

import re

from darkhorse.attribution.client.signs import sound

__all__ = ["quoted", "spoken"]

_SHOWN = 160
_READ = 20_000  # characters of an answer that anybody looks at
_THOUGHT = re.compile(r"\A\s*<think>.*?(?:</think>|\Z)", re.DOTALL)


def spoken(text: str) -> str:
    """The answer without thoughts that were left in front of it."""
    return _THOUGHT.sub("", text[:_READ]).strip()


def quoted(text: str, most: int = _SHOWN) -> str:
    """On one line, cut, and fit for any file."""
    line = " ".join(sound(text[: most * 4]).split())
    return line if len(line) <= most else f"{line[: most - 1].rstrip()}…"
