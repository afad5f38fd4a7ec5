"""A name is whole only with its version, however late that comes; Arabic letters have forms."""

import pytest

from cloak.words.words_kit import ALL_YES, FINDS, filtered, found
from darkhorse.catalog.makers import Maker
from darkhorse.cloak.words.watch import Watch


@pytest.mark.parametrize(
    "name", ["GLM-5.2-Air", "GPT-4o mini", "Claude Opus 4.6", "GLM version 5.2", "Zhipu AI, Inc"]
)
def test_a_version_is_waited_for(name):
    text = f"It is {name} and more"
    for cut in range(len(text)):
        _, withheld = filtered((text[:cut], text[cut:]), watch=FINDS, part="reasoning")
        assert [each.said for each in withheld] == [name]
    _, withheld = filtered(text, watch=FINDS, part="reasoning")
    assert [each.said for each in withheld] == found(text) == [name]


@pytest.mark.parametrize("written", ["شركة نورى", "شركه نوري", "شرکة نوری"])
def test_forms_of_one_arabic_letter_are_one(written):
    finds = Watch([Maker("Nour", ("شركة نوري",))], ALL_YES)
    _, withheld = filtered([f"({written})"], watch=finds, part="reasoning")
    assert [each.said for each in withheld] == [written]
