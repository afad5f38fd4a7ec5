"""Text of strangers on a terminal: it may say anything, and steer nothing."""

import re

__all__ = ["plain"]

_STEERING = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f"  # control characters, but tab and line feed
    r"\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"  # directions
    r"\u2028\u2029"  # ends of lines
    r"\u200b\u2060\ufeff]"  # nothing to see; the joiners of words and signs are left alone
)


def plain(text: str) -> str:
    """The text with a mark in the place of whatever a terminal would obey."""
    return _STEERING.sub("\N{REPLACEMENT CHARACTER}", text)
