"""What a launch file promises of the record, and where people are told."""

import pytest
from export_kit import PONY

from darkhorse.base.errors import ConfigError
from darkhorse.catalog.launch import Life, PublicLaunch
from darkhorse.catalog.public import model_card
from darkhorse.launches import file
from darkhorse.web.views.known import Known
from darkhorse.web.views.launch import LaunchFigures, launch_page
from darkhorse.web.views.llms import launch_text
from darkhorse.web.views.spans import life

TEXT = f"""\
[public]
slug = "{PONY}"
title = "Pony Alpha"
context = 1000
max_output = 500
[private]
maker = "Example Lab"
model = "Example-5"
[[private.endpoint]]
name = "east"
url = "http://127.0.0.1:1/v1"
"""


def _listing(more):
    text = TEXT.replace("max_output", f"{more}\nmax_output")
    return file.parse(text, "a test").definition.public


def test_by_default_nothing_more_is_promised():
    listing = _listing("")
    assert listing.training is None
    assert listing.may_train
    assert listing.retention_days is None
    assert listing.told == listing.disclosure


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("training = false", "Logged. It is not used for training."),
        ("retention_days = 1", "Logged. It is erased after 1 day."),
        (
            "training = false\nretention_days = 30",
            "Logged. It is not used for training. It is erased after 30 days.",
        ),
    ],
)
def test_promises_stand_beside_the_disclosure(more, told):
    assert _listing(f'disclosure = "Logged."\n{more}').told == told


def test_they_go_wherever_the_disclosure_goes():
    listing = _listing('disclosure = "Logged."\ntraining = false')
    launch = PublicLaunch(listing=listing, life=Life(state="live", created_us=1, live_us=2))
    known = Known(launches=(launch,), totals=None, totals_at_us=0, now_us=3)
    figures = LaunchFigures(span=life(launch, 3))
    shown = (
        model_card(launch, 3).description,
        launch_page(launch, known, figures, "https://a.example").disclosure,
        launch_text(launch, known, "https://a.example"),
    )
    assert all(listing.told in text for text in shown)


def test_a_disclosure_that_says_the_opposite_is_refused():
    with pytest.raises(ConfigError, match=r"public\.disclosure: it says `may be used to improve`"):
        _listing("training = false")


OWN = "Prompts are logged for 30 days to fight abuse and are never used to train any model."


@pytest.mark.parametrize(
    ("more", "may"),
    [
        ("training = true", True),
        (f'disclosure = "{OWN}"', False),
        ('disclosure = "Your prompts are logged. We do not train on them."', False),
        ('disclosure = "Logged."', False),
        ('disclosure = "Logged, and may be used to improve it."', False),
        ('disclosure = "Logged."\ntraining = true', True),
        (
            'disclosure = "Logged, but not sold. It may be used to improve it."\ntraining = true',
            True,
        ),
    ],
)
def test_a_disclosure_of_ones_own_has_to_be_followed_by_a_word_on_training(more, may):
    listing = _listing(more)
    assert listing.may_train is may
    assert listing.told == listing.disclosure


@pytest.mark.parametrize(
    ("disclosure", "said"),
    [
        ("Prompts can be used to train.", "can be used to train"),
        ("Prompts are not sold, but may be used for training.", "may be used for training"),
        ("The lab will fine-tune on what you write.", "will fine-tune"),
        ("We improve it with your prompts.", "We improve"),
    ],
)
def test_no_training_and_a_disclosure_that_says_otherwise(disclosure, said):
    with pytest.raises(ConfigError, match=f"it says `{said}`"):
        _listing(f'disclosure = "{disclosure}"\ntraining = false')


@pytest.mark.parametrize("disclosure", [OWN, "We won't train on it.", "Nothing is used to train."])
def test_training_and_a_disclosure_that_says_otherwise(disclosure):
    with pytest.raises(ConfigError, match="training = true says the opposite"):
        _listing(f'disclosure = "{disclosure}"\ntraining = true')
    assert not _listing(f'disclosure = "{disclosure}"\ntraining = false').may_train


@pytest.mark.parametrize("days", ["0", "-1", "1.5", '"a"'])
def test_days_are_whole(days):
    with pytest.raises(ConfigError, match="retention_days"):
        _listing(f"retention_days = {days}")
