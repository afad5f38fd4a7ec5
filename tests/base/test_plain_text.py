"""Text of strangers on a terminal."""

import pytest

from darkhorse.base.plain import plain


@pytest.mark.parametrize(
    "sign",
    [
        *("\0", "\x07", "\x1b", "\r", "\x7f", "\x85", "\x9b"),
        *("\u061c", "\u200e", "\u200f", "\u202a", "\u202e", "\u2066", "\u2069"),
        *("\u2028", "\u2029", "\u200b", "\u2060", "\ufeff"),
    ],
)
def test_what_steers_or_hides_is_marked(sign):
    assert plain(f"a{sign}b") == "a\ufffdb"


@pytest.mark.parametrize("text", ["a\tb\nc", "नि\u200dश", "שלם\u200cשלם", "👩\u200d🔬", "日本語"])
def test_what_people_write_is_left_alone(text):
    assert plain(text) == text
