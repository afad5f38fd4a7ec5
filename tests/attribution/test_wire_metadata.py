"""Windows, claims and speed: mild, and nothing from round numbers."""

import math

import pytest

from darkhorse.attribution.forms.windows import WINDOWS
from darkhorse.attribution.labs import names_of, title_of
from darkhorse.attribution.library.library import Lab, Library
from darkhorse.attribution.observation import Observation
from darkhorse.attribution.signals.metadata import Metadata
from darkhorse.base.chance import seeded_draw

KNOWN = Library(
    labs=tuple(Lab(name=n, title=n) for n in ("anthropic", "openai", "qwen", "z-ai", "x-ai"))
)


def listed(**fields):
    values = tuple((f"data[].{path.replace('__', '.')}", str(v)) for path, v in fields.items())
    return [Observation(probe="wire/models", values=values)]


def refused(message):
    return [Observation(status=400, values=(("error.message", message),))]


def gains(seen):
    [told] = Metadata().weigh(seen, KNOWN).likelihoods
    return {lab: nats - told.other for lab, nats in told.nats.items()}


@pytest.mark.parametrize(
    ("seen", "lab"),
    [
        (listed(context_length=202752), "z-ai"),
        (listed(max_model_len=1047576), "openai"),
        (refused("This model's maximum context length is 202752 tokens."), "z-ai"),
        (refused("This model's context window is 1,047,576 tokens"), "openai"),
        (listed(architecture__tokenizer="Claude"), "anthropic"),
        (listed(hugging_face_id="zai-org/GLM-5"), "z-ai"),
    ],
)
def test_an_odd_window_or_a_claim_speaks_for_its_lab(seen, lab):
    gained = gains(seen)
    assert max(gained, key=gained.get) == lab
    assert 1 < gained[lab] < 3.5


def test_a_common_window_says_little():
    assert 0 < gains(listed(context_length=131072))["qwen"] < 0.6


@pytest.mark.parametrize("window", [1_000_000, 200_000, 260_000, 123_457, 0])
def test_a_round_window_or_one_that_nobody_has_says_nothing(window):
    evidence = Metadata().weigh(listed(context_length=window), KNOWN)
    assert evidence is None or evidence.likelihoods == ()


def test_owned_by_is_shown_and_not_weighed():
    """Proxies write `openai` there for every model."""
    evidence = Metadata().weigh(listed(owned_by="openai"), KNOWN)
    assert evidence.likelihoods == ()
    assert ("owned_by", "openai", "data[].owned_by") in evidence.exhibit.rows


def test_speed_is_shown_and_is_the_hosts():
    stream = Observation(
        text="word " * 100,
        moments=tuple(0.5 + n / 100 for n in range(101)),
        usage={"completion_tokens": 100},
    )
    evidence = Metadata().weigh([stream] * 3, KNOWN)
    assert evidence.likelihoods == ()
    assert "100 tokens a second, the first after 0.50 s" in evidence.exhibit.says


def test_moments_that_are_no_times_are_left_out():
    odd = [
        Observation(text="word " * 100, moments=moments)
        for moments in ((1.0, 1.0, 1.0), (0.0, math.nan, math.nan), (3.0, 2.0, 1.0))
    ]
    assert Metadata().weigh(odd, KNOWN) is None


def test_text_alone_holds_nothing():
    assert Metadata().weigh([Observation(text="maximum context length is 202752")], KNOWN) is None


def test_every_lab_with_a_window_is_known_by_a_name():
    labs = {title.lower().replace(" ", "-") for titles in WINDOWS.values() for title in titles}
    assert [lab for lab in labs if title_of(names_of(lab)[0]) == lab] == []


def test_a_quick_run_does_not_ask_for_it():
    sizes = [len(Metadata().probes(b, seeded_draw(1), KNOWN)) for b in ("quick", "deep")]
    assert sizes == [0, 1]
