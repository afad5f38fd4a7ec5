"""How a sentence is read: without what hides its words."""

# ruff: noqa: RUF001 (as it is written)

import pytest

from darkhorse.cloak.words.fold import folded


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("I *was* **made** by", "i was made by"),
        ("I _was_ `made` é", "i was made é"),
        ("I w\u200bas m\u00adade by", "i was made by"),
        ("I wаs mаde by", "i was made by"),
        ("\uff29 \uff41\uff4d", "i am"),
        ("я сделан", "я сделан"),
        ("I  was\t made\n\nby", "i was made\nby"),
        ("I\u2019m “it”", "i'm \"it\""),
    ],
)  # fmt: skip
def test_a_sentence_is_read_without_what_hides_it(text, read):
    assert folded(text) == read
