"""Whatever an API sends, the signal reads it and its numbers stay numbers."""

import math

from hypothesis import given, settings
from hypothesis import strategies as st

from attribution.counts_kit import NAMES, PROBES, PROMPTS, SIGNAL, answers, best, counter, library
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.observation import Observation, Turn

KNOWN = library(own=["x-ai/grok"])
NUMBERS = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-5, 400),
    st.integers(),
    st.just(10**400),
    st.floats(),
    st.text(max_size=4),
    st.lists(st.integers(), max_size=2),
)
TEXTS = st.one_of(
    st.sampled_from([".\nx", *(".\n" + each for each in PROBES), *PROMPTS]),
    st.text(st.characters(codec=None), max_size=8),
)
TURNS = st.builds(Turn, st.sampled_from(["user", "system", "assistant", "", "tool"]), TEXTS)
ANSWERS = st.builds(
    Observation,
    prompt=st.lists(TURNS, max_size=3).map(tuple),
    text=st.just("ok"),
    usage=st.dictionaries(
        st.sampled_from(["prompt_tokens", "input_tokens", "total_tokens"]), NUMBERS, max_size=3
    ),
    status=st.sampled_from([200, 200, 200, 429, 0]),
    provider=st.sampled_from(["", "A", "\ud800"]),
    asked=st.dictionaries(st.sampled_from(["tools", "max_tokens", "x"]), NUMBERS, max_size=2),
)


def test_a_provider_that_cannot_be_shown_is_shown_without_that():
    shown = SIGNAL.weigh(answers(PROMPTS[:8], counter("Llama 3"), provider="A\ud800"), KNOWN)
    assert "at A?" in shown.exhibit.says


@settings(max_examples=40, deadline=None)
@given(st.lists(ANSWERS, max_size=12))
def test_anything_is_read(seen):
    evidence = SIGNAL.weigh(seen, KNOWN)
    assert SIGNAL.weigh(seen, Library()) is None or not evidence or not evidence.likelihoods
    if evidence is None:
        return
    for level in evidence.likelihoods:
        assert all(math.isfinite(nats) for nats in (*level.nats.values(), level.other))
    shown = evidence.exhibit
    assert all(len(row) == len(shown.head) for row in shown.rows)
    "".join([shown.says, shown.against, *(cell for row in shown.rows for cell in row)]).encode()


@settings(max_examples=25, deadline=None)
@given(
    name=st.sampled_from(NAMES),
    template=st.integers(0, 3000),
    chosen=st.lists(st.sampled_from(PROMPTS), min_size=9, max_size=16, unique=True),
)
def test_no_template_hides_a_tokenizer(name, template, chosen):
    evidence = SIGNAL.weigh(answers(chosen, counter(name), template), KNOWN)
    assert best(evidence) == name
    assert not evidence.broken


@settings(max_examples=25, deadline=None)
@given(
    name=st.sampled_from(NAMES[1:]),
    lies=st.lists(st.integers(1, 4000), min_size=1, max_size=2),
)
def test_a_lie_or_two_among_many_charges_hide_nothing(name, lies):
    seen = answers(PROMPTS[:30], counter(name))
    false = [
        Observation(prompt=(Turn("user", text),), text="ok", usage={"prompt_tokens": lie})
        for text, lie in zip(PROMPTS[40:], lies, strict=False)
    ]
    assert best(SIGNAL.weigh(seen + false, KNOWN)) == name
