"""The promise on training may become less while a launch is live, never more."""

import pytest
from msgspec import structs
from test_moves import DAY, DEFINITION, LISTING, T0, by, live, retired

from darkhorse.base.errors import ConfigError
from darkhorse.catalog import moves

OWN = "Logged, and may be used to improve it."


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({}, {"training": True}),
        ({}, {"training": False, "disclosure": "Logged."}),
        ({"training": True, "disclosure": "Logged."}, {"training": False}),
        ({"disclosure": "Logged."}, {"training": False}),
        ({"disclosure": OWN}, {"training": True}),
    ],
)
@pytest.mark.parametrize("made", [live, retired])
def test_training_may_become_less_or_what_was_said_all_along(before, after, made):
    launch = structs.replace(made(**before), listing=structs.replace(LISTING, **before))
    definition = structs.replace(DEFINITION, public=structs.replace(launch.listing, **after))
    if made is retired and "disclosure" in after:
        with pytest.raises(ConfigError, match="is retired"):
            moves.edit(launch, definition, by(T0 + DAY), source="")
        return
    step = moves.edit(launch, definition, by(T0 + DAY), source="")
    assert step.launch.listing == definition.public
    if made is live:
        assert "training from " in step.move.shown


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ({"disclosure": "Logged."}, {"training": True}),
        ({"disclosure": "Logged.", "training": False}, {"training": True}),
        ({"disclosure": "We do not train on it."}, {"training": True}),
    ],
)
@pytest.mark.parametrize("made", [live, retired])
def test_training_never_becomes_more(before, after, made):
    launch = structs.replace(made(), listing=structs.replace(LISTING, **before))
    definition = structs.replace(DEFINITION, public=structs.replace(launch.listing, **after))
    with pytest.raises(ConfigError, match="training cannot become true"):
        moves.edit(launch, definition, by(T0 + DAY), source="")


def test_the_disclosure_changes_with_less_training_only():
    told = structs.replace(LISTING, training=True, disclosure="Logged.")
    with pytest.raises(ConfigError, match="is live, so disclosure must stay as it is"):
        moves.edit(live(), structs.replace(DEFINITION, public=told), by(T0 + DAY), source="")
