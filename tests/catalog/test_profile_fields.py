"""What a launch file may say of parameters, what /models tells of it, and what of it may change."""

import re

import pytest
from msgspec import UNSET, structs

from darkhorse.base.errors import ConfigError
from darkhorse.catalog import moves
from darkhorse.catalog.endpoint import Endpoint, Private
from darkhorse.catalog.launch import Definition, Life, PublicLaunch
from darkhorse.catalog.listing import Listing
from darkhorse.catalog.moves import By
from darkhorse.catalog.profile import Ranges, Stops
from darkhorse.catalog.public import endpoints_page, model_card
from darkhorse.launches import file

ALL = ("temperature", "stop", "reasoning", "tools", "tool_choice", "seed")
LISTING = Listing(slug="x/y", title="Y", context=1000, max_output=500, parameters=ALL)
FILE = """
[public]
slug = "x/y"
title = "Y"
context = 1000
max_output = 500
parameters = ["temperature", "seed", "stop", "reasoning", "tools", "tool_choice"]
efforts = ["low", "high"]
reasoning_always = true
tool_choice = ["auto", "none"]
parallel_calls = false
[public.ranges]
temperature = [0, 1]
seed = [0, 2147483647]
reasoning_max_tokens = [1, 32000]
[public.stops]
max_count = 2
max_bytes = 16
[private]
maker = "Example Lab"
model = "Example-5"
[[private.endpoint]]
name = "east"
url = "http://127.0.0.1:1/v1"
"""


def test_a_profile_is_read_from_a_launch_file():
    listing = file.parse(FILE, "y.toml").definition.public
    assert listing.ranges.temperature == (0, 1)
    assert listing.ranges.seed == (0, 2**31 - 1)
    assert listing.ranges.top_p == (0, 1)
    assert (listing.stops.max_count, listing.efforts) == (2, ("low", "high"))
    assert (listing.reasoning_always, listing.parallel_calls) == (True, False)


@pytest.mark.parametrize(
    ("before", "after", "says"),
    [
        ("temperature = [0, 1]", "temperature = [1, 0]", "ranges.temperature: 1.0 is over 0.0"),
        ("temperature = [0, 1]", "temperature = [0, 3]", "ranges.temperature: the API takes 0.0"),
        ("temperature = [0, 1]", "temperature = [0]", "ranges.temperature"),
        ("temperature = [0, 1]", "temperature = [0, nan]", "ranges.temperature"),
        ("temperature = [0, 1]", "min_p = [0, 0.5]", "ranges.min_p: `min_p` is not among"),
        ("seed = [0, 2147483647]", "seed = [0.5, 2]", "ranges.seed"),
        ("max_count = 2", "max_count = 5", "stops.max_count"),
        ('"stop", ', "", "stops: `stop` is not among `parameters`"),
        ('"reasoning", ', "", "ranges.reasoning_max_tokens: `reasoning` is not among"),
        (', "tool_choice"]', "]", "tool_choice: `tool_choice` is not among"),
        (', "tools", "tool_choice"]', ', "tool_choice"]', "parallel_calls: `tools` is not among"),
        ('["auto", "none"]', '["none"]', "tool_choice: `auto` is what happens unasked"),
        ('["low", "high"]', "[]", "efforts"),
        ('["low", "high"]', '["none"]', "efforts"),
    ],
)
def test_a_profile_that_makes_no_sense_is_refused_with_its_place(before, after, says):
    assert FILE.count(before) == 1
    with pytest.raises(ConfigError, match=re.escape(says)):
        file.parse(FILE.replace(before, after), "y.toml")


def card(**fields):
    listing = structs.replace(LISTING, **fields)
    life = Life(state="live", created_us=1, live_us=1)
    launch = PublicLaunch(listing=listing, life=life)
    return model_card(launch, 2), endpoints_page(launch, 2).data.endpoints[0]


def test_models_says_how_much_it_can_be_told_to_think():
    told, _ = card(efforts=("high", "low"))
    assert (told.reasoning.mandatory, told.reasoning.supported_efforts) == (
        False,
        ("high", "low", "none"),
    )
    told, _ = card(efforts=("low",), reasoning_always=True)
    assert (told.reasoning.mandatory, told.reasoning.supported_efforts) == (True, ("low",))
    told, _ = card(parameters=("reasoning_effort",))
    assert told.reasoning.supported_efforts[0] == "max"
    told, _ = card(parameters=("temperature",))
    assert told.reasoning is UNSET


def test_models_says_which_modes_of_tools_it_takes():
    _, told = card(tool_choice=("auto", "required"))
    modes = told.supports_tool_choice
    assert (modes.none, modes.auto, modes.required, modes.function) == (False, True, True, False)


def edited(before: dict, after: dict):
    def definition(fields):
        private = Private(
            maker="Example Lab",
            model="Example-5",
            endpoint=(Endpoint(name="east", url="http://127.0.0.1:1/v1"),),
        )
        return Definition(public=structs.replace(LISTING, **fields), private=private)

    by = By(who="ann", at_us=1_770_336_000_000_000, why="to see")
    live = moves.go_live(moves.create("lch-1", definition(before), by, source="").launch, by).launch
    return moves.edit(live, definition(after), by, source="").launch.listing


WIDER = [
    ("ranges", Ranges(temperature=(0, 1)), Ranges(temperature=(0, 1.5)), "ranges.temperature"),
    ("ranges", Ranges(seed=(5, 9)), Ranges(seed=(0, 9)), "ranges.seed"),
    ("stops", Stops(max_count=1), Stops(max_count=2), "stops"),
    ("stops", Stops(max_bytes=10), Stops(), "stops"),
    ("efforts", ("low", "high"), ("high", "low", "max"), "efforts"),
    ("tool_choice", ("auto",), ("auto", "none"), "tool_choice"),
    ("parallel_calls", False, True, "parallel_calls"),
]


@pytest.mark.parametrize(("name", "less", "more", "place"), WIDER)
def test_a_live_profile_can_only_become_wider(name, less, more, place):
    assert getattr(edited({name: less}, {name: more}), name) == more
    with pytest.raises(ConfigError, match=f"rely on {place}; it can only take more"):
        edited({name: more}, {name: less})


def test_a_parameter_may_come_with_a_range_of_its_own():
    """Nobody could use it before, so nobody relies on more of it."""
    ranges = Ranges(top_p=(0.5, 1))
    more = {"parameters": (*ALL, "top_p"), "ranges": ranges}
    assert edited({}, more).ranges == ranges


def test_that_it_always_thinks_is_said_from_the_beginning():
    with pytest.raises(ConfigError, match="reasoning_always must stay as it is"):
        edited({}, {"reasoning_always": True})
