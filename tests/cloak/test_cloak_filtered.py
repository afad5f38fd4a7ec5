"""The filter of words inside the cloak: over every part, and on record with its place."""

import pytest

from darkhorse.catalog.makers import Maker
from darkhorse.cloak.stream import Cloak
from darkhorse.cloak.words.watch import Watch
from darkhorse.wire.chunks import Chunk, ToolDelta, Withheld

WATCH = Watch.over(Maker("Frobnic"))
SAID = "I was made by Frobnic"
INSTEAD = "[a developer I may not name]"
SHOWN = f"I was made by {INSTEAD}"


def cloak_of():
    return Cloak(prompt_tokens=0, limit=1000, call_id=lambda: "c", watch=WATCH)


def arguments(text, index=0):
    return Chunk(tools=(ToolDelta(index, "x", "tell", text),))


@pytest.mark.parametrize("part", ["reasoning", "text", "refusal"])
def test_every_text_is_watched(part):
    cloak = cloak_of()
    public = [*cloak.feed([Chunk(**{part: SAID})]), *cloak.close()]
    assert "".join(getattr(chunk, part) for chunk in public) == SHOWN
    assert cloak.texts[part] == SHOWN
    assert cloak.withheld == (Withheld(part, 14, "Frobnic", INSTEAD),)


def test_arguments_are_watched():
    cloak = cloak_of()
    cloak.feed([arguments('{"who": "I was made by Frobnic"}')])
    cloak.close()
    assert cloak.calls[0].arguments == f'{{"who": "{SHOWN}"}}'
    assert [each.part for each in cloak.withheld] == ["arguments"]


def test_a_part_that_is_taken_up_again_is_counted_on():
    """Places in the record are those of the part as it was delivered, all of it."""
    cloak = cloak_of()
    reads = [Chunk(text=f"{SAID}."), arguments("{}"), Chunk(text=f" {SAID}.")]
    for read in reads:
        cloak.feed([read])
    cloak.close()
    assert cloak.texts["text"] == f"{SHOWN}. {SHOWN}."
    assert [each.at for each in cloak.withheld] == [14, len(SHOWN) + 2 + 14]
