"""A launch's own names stand beside everybody's, and cost no second compiling."""

import pytest

from darkhorse.catalog.makers import Maker
from darkhorse.cloak.words.watch import Watch

OWN = Maker("Frobnic Labs", ("Frobnic",), ("Quuxtron-7", "Quuxtron"))
WATCH = Watch.over(OWN, ("Super Nova", "stealth/super-nova", "Pony Alpha"))


def shown(text, watch=WATCH):
    words = watch.filter("text", str)
    return words.feed(text) + words.close()


@pytest.mark.parametrize(
    "name", ["Frobnic Labs", "frobnic", "Quuxtron-7.5", "Quuxtron", "OpenAI", "GPT-4o", "智谱"]
)
def test_its_own_and_everybody_elses_are_watched(name):
    text = shown(f"I am a language model trained by {name}.")
    assert name.lower() not in text.lower()
    assert "may not name" in text


def test_another_launch_does_not_watch_for_them():
    text = "I am a language model trained by Frobnic Labs."
    assert shown(text, Watch.over(Maker("Quince"))) == text


@pytest.mark.parametrize("name", ["Super Nova", "Pony Alpha"])
def test_what_it_is_called_may_be_said(name):
    assert shown(f"I am {name}, an AI model.") == f"I am {name}, an AI model."


def test_a_watched_name_beside_an_allowed_one_is_still_replaced():
    assert "Nova" not in shown("I am Nova, a model.")
