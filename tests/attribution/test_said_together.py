"""What all four share: their budgets, what they learn, and that nothing makes them fail."""

import gzip
import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from said_kit import KNOWN, library, said

from darkhorse.attribution.asked.events import EVENTS, listed
from darkhorse.attribution.asked.marks import MARKS, copy_of
from darkhorse.attribution.asked.requests import REQUESTS
from darkhorse.attribution.asked.wordings import LANGUAGES
from darkhorse.attribution.learn.behaviour import learn_behaviour
from darkhorse.attribution.learn.rows import Row
from darkhorse.attribution.observation import Observation, Turn
from darkhorse.attribution.signal import Budget, Signal
from darkhorse.attribution.signals.cutoff import Cutoff
from darkhorse.attribution.signals.refusal import Refusal
from darkhorse.attribution.signals.self_report import SelfReport
from darkhorse.attribution.signals.sensitivity import Sensitivity
from darkhorse.base.chance import seeded_draw

SIGNALS: tuple[Signal, ...] = (SelfReport(), Cutoff(), Refusal(), Sensitivity())
ROWS = Path("/work/shared/data/attribution/speechmap.jsonl.gz")
QUESTIONS = (
    *(words.who for words in LANGUAGES.values()),
    *(each.text for each in REQUESTS),
    *(copy_of(mark) for mark in MARKS),
    listed([each.asks for each in EVENTS[:5]]),
    "Tell me a story.",
)


@pytest.mark.parametrize(("budget", "most"), [("quick", 6), ("standard", 40), ("deep", 100)])
@pytest.mark.parametrize("seed", range(5))
def test_all_four_keep_to_their_budget(budget: Budget, most: int, seed: int) -> None:
    probes = [p for each in SIGNALS for p in each.probes(budget, seeded_draw(seed), KNOWN)]
    assert len(probes) <= most
    assert len({probe.name for probe in probes}) == len(probes)
    assert all(probe.ask.limit and probe.about_tokens > 0 for probe in probes)


def test_what_is_asked_is_drawn() -> None:
    lists = {
        tuple(probe.ask.texts)
        for seed in range(4)
        for probe in Cutoff().probes("quick", seeded_draw(seed), KNOWN)
    }
    assert len(lists) == 4


_TEXTS = st.one_of(
    st.text(st.characters(), max_size=120),
    st.sampled_from(
        [
            "I am Claude, made by Anthropic.",
            "1. Han Kang\n2. \ud800\n999999999999999999999999. x",
            "\ud83d I’m sorry",  # noqa: RUF001
            "<think>",
            "o-p-e-n-a-i " * 40,
            "amber  birch",
        ]
    ),
)
_USAGE = st.dictionaries(
    st.sampled_from(["prompt_tokens", "completion_tokens", "input_tokens"]),
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=4)),
    max_size=2,
)
_SEEN = st.builds(
    Observation,
    prompt=st.lists(
        st.builds(
            Turn,
            role=st.sampled_from(["system", "user", "assistant", "\ud800"]),
            text=st.one_of(_TEXTS, st.sampled_from(QUESTIONS)),
        ),
        max_size=3,
    ).map(tuple),
    text=_TEXTS,
    reasoning=_TEXTS,
    finish=st.sampled_from(["", "stop", "content_filter"]),
    status=st.sampled_from([0, 200, 400, 429]),
    usage=_USAGE,
)


@settings(max_examples=120, deadline=None)
@given(st.lists(_SEEN, max_size=6))
def test_nothing_makes_them_fail(seen: list[Observation]) -> None:
    for signal in SIGNALS:
        evidence = signal.weigh(seen, KNOWN)
        if evidence is not None:
            assert evidence.reliability == "weak"
            assert evidence.vetoed == ()
            for level in evidence.likelihoods:
                assert all(-1.0 <= value - level.other <= 1.0 for value in level.nats.values())
            assert msgspec.json.decode(msgspec.json.encode(evidence))  # fit for any file


def rows() -> Iterator[Row]:
    for model, name in (("qwen/qwen3-32b", "Alibaba"), ("openai/gpt-oss-120b", "OpenAI")):
        yield Row(model=model, seen=said(LANGUAGES["en"].who, f"I was made by {name}."))
        yield Row(model=model, seen=said(REQUESTS[0].text, "I’m sorry, but I can’t."))  # noqa: RUF001
        yield Row(model=model, seen=said(EVENTS[4].asks, "Tattoo, I think."))
        yield Row(model=model, seen=said("Write a poem.", "Roses are red."))


def test_tallies_are_learnt_by_question_model_and_plain_answer() -> None:
    tallies = learn_behaviour(list(rows())).tallies
    assert tallies["self-report/maker"]["qwen/qwen3-32b"] == {"Alibaba": 1}
    assert tallies["refusal/square-en"]["openai/gpt-oss-120b"] == {"declines": 1}
    assert tallies["cutoff/2023q2-song"]["qwen/qwen3-32b"] == {"known": 1}
    assert "Roses" not in str(tallies)


def test_the_order_of_rows_changes_nothing() -> None:
    given_rows = list(rows())
    encode = msgspec.msgpack.encode
    assert encode(learn_behaviour(given_rows)) == encode(learn_behaviour(given_rows[::-1]))


def test_real_refusals_of_a_lab_speak_for_it() -> None:
    if not ROWS.exists():
        pytest.skip(f"{ROWS} is not here")
    with gzip.open(ROWS, "rt") as lines:
        found = (json.loads(line) for line in lines if '"openai/gpt' in line or '"qwen/' in line)
        told = [
            Row(
                model=row["model"],
                seen=said(row["question"], row["answer"]),
                question=row["question_id"],
            )
            for row in islice(found, 4000)
        ]
    known = library(
        *sorted({row.model for row in told}),
        behaviour=learn_behaviour([row for row in told if row.model != "openai/gpt-oss-120b"]),
    )
    evidence = Refusal().weigh([r.seen for r in told if r.model == "openai/gpt-oss-120b"], known)
    assert evidence is not None
    nats = evidence.likelihoods[0].nats
    assert nats["openai"] > 0.3 > nats["qwen"]
