"""A mistake in a TOML file: its line, its place, and what to write instead."""

from typing import Annotated, Literal

import pytest
from msgspec import Meta, Struct

from darkhorse.base import toml
from darkhorse.base.errors import ConfigError


class Wheel(Struct, forbid_unknown_fields=True):
    name: Annotated[str, Meta(description="Its name.", examples=["left"])]
    size: int = 3


class Engine(Struct, forbid_unknown_fields=True):
    fuel: Literal["oil", "hay"] = "hay"
    horses: Annotated[Annotated[int, Meta(ge=1)] | None, Meta(description="How many.")] = None
    tags: tuple[str, ...] = ()


class Cart(Struct, forbid_unknown_fields=True):
    title: str
    engine: Engine
    wheel: Annotated[tuple[Wheel, ...], Meta(description="What turns.")]
    load: Annotated[Engine | None, Meta(description="What it bears.")] = None


WHOLE = """\
title = "Cart"

[engine]
# what it eats
fuel = "hay"

tags = [
  "a",
  "b",
]

[[wheel]]
name = "left"

[[wheel]]
name = "right"
size = 4
"""


def refused(text):
    with pytest.raises(ConfigError) as error:
        toml.parse(Cart, text, "x.toml")
    return str(error.value).removeprefix("x.toml: ")


def test_what_is_right_is_read():
    cart = toml.parse(Cart, WHOLE, "x.toml")
    assert (cart.title, cart.engine.tags, cart.wheel[1].size) == ("Cart", ("a", "b"), 4)


@pytest.mark.parametrize(
    ("before", "after", "said"),
    [
        ('fuel = "hay"', "fule = 1", "line 5: `engine.fule` is unknown; did you mean `fuel`?"),
        (
            'fuel = "hay"',
            "zzz = 1",
            "line 5: `engine.zzz` is unknown; known keys: fuel, horses, tags.",
        ),
        ('fuel = "hay"', "horses = 0", "line 5: `engine.horses`: expected `int` >= 1; give it a "),
        ('fuel = "hay"', "horses = 0", "give it a value (how many)."),
        ('fuel = "hay"', 'fuel = "coal"', "`coal` is none; it may be hay, oil."),
        ('"b",', "3,", "line 7: `engine.tags[1]`: expected `str`, got `int`; "),
        ('[[wheel]]\nname = "left"', '[[weel]]\nname = "left"', "line 12: `weel` is unknown"),
        (
            'name = "right"\n',
            "",
            'line 15: `wheel[1].name` is missing; write for example `name = "left"` (its name).',
        ),
        ("size = 4", 'size = "4"', "line 17: `wheel[1].size`: expected `int`, got `str`; "),
        ("size = 4", 'size = "4"', "write for example `size = 3`."),
        (
            "size = 4",
            "horses = 4",
            "line 17: `wheel[1].horses` is unknown; known keys: name, size.",
        ),
        ('title = "Cart"\n', "", "line 1: `title` is missing; give it a value."),
        ("[engine]", "[load]", "line 1: `engine` is missing; add the table."),
        ('"Cart"', '"Cart"\nload = { hors = 1 }', "line 2: `load.hors` is unknown; did you mean"),
        ("[engine]", "[engine", "not valid TOML: "),
        ('"Cart"', '"Cart"\ntitle = "Cart"', "not valid TOML: "),
    ],
)
def test_each_mistake_has_its_line_and_its_remedy(before, after, said):
    assert said in refused(WHOLE.replace(before, after, 1))


def test_a_list_of_tables_that_is_missing():
    said = refused(WHOLE[: WHOLE.index("[[wheel]]")])
    assert said == "line 1: `wheel` is missing; add the table (what turns)."


@pytest.mark.parametrize(
    ("place", "line"),
    [
        (["title"], 1),
        (["engine"], 3),
        (["engine", "fuel"], 5),  # not the comment above it
        (["engine", "tags"], 7),  # where it begins, not where it ends
        (["engine", "tags", 1], 7),
        (["wheel", 0], 12),
        (["wheel", 1, "size"], 17),
        (["wheel", 1, "colour"], 15),  # the nearest there is
        (["nothing"], 1),
        ([], 1),
    ],
)
def test_a_value_is_found_on_its_line(place, line):
    assert toml.line_of(WHOLE, place) == line


def test_a_path_in_words_and_numbers():
    assert toml.steps("$.a.b[1].c-d") == ["a", "b", 1, "c-d"]
    assert toml.steps("a[0][12]") == ["a", 0, 12]


def test_a_file_that_cannot_be_read_is_one_sentence(tmp_path):
    path = tmp_path / "cart.toml"
    with pytest.raises(ConfigError, match=r"cart\.toml: no such file; make one\.$"):
        toml.load(Cart, path, remedy="make one.")
    path.write_bytes(b"\xff\xfe")
    for unreadable in (path, tmp_path):
        with pytest.raises(ConfigError, match="cannot be read"):
            toml.load(Cart, unreadable, remedy="make one.")
    path.write_text(WHOLE)
    assert toml.load(Cart, path, remedy="").title == "Cart"
    path.write_text("title = 3")
    with pytest.raises(ConfigError, match=r"cart\.toml: line 1: `title`"):
        toml.load(Cart, path, remedy="")
