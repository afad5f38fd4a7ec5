"""A service that fails, lies or changes is found; one that is merely human is let be."""

import gzip
import json
from collections import defaultdict
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from darkhorse.attribution.library.library import Library
from darkhorse.attribution.observation import Observation, Turn
from darkhorse.attribution.signals.constancy import Constancy
from darkhorse.attribution.steady.service import plain_name
from darkhorse.attribution.steady.text import is_garbage, shift_found
from darkhorse.base.chance import seeded_draw

ROWS = Path("/work/shared/data/attribution/speechmap.jsonl.gz")
ESSAY = "The harbour wakes before the town does, and the gulls know it. " * 5


def one(number=0, **fields):
    fields = {
        "prompt": (Turn("user", f"Question {number}"),),
        "text": f"{number}: {ESSAY}",
        "usage": {"prompt_tokens": 9, "completion_tokens": 70, "total_tokens": 79},
        "model": "some/model",
        **fields,
    }
    return Observation(**fields)


def many(count, **fields):
    return [one(number, **fields) for number in range(count)]


def weighed(seen):
    return Constancy().weigh(seen, Library())


def found(seen):
    return " ".join(weighed(seen).findings)


def failed(count, status=503, **fields):
    return many(count, status=status, text="", usage={}, model="", **fields)


def test_an_honest_service_has_no_findings():
    evidence = weighed(many(20))
    assert evidence.findings == ()
    assert evidence.broken == ""
    assert evidence.likelihoods == ()


@pytest.mark.parametrize(
    "seen",
    [
        [*many(20), *failed(3, 429), *failed(1, 0, problem="no end after 120 s")],
        [*many(20), *failed(9, 400, probe="wire/bad-role")],
        [*many(20, model="lab/m-2026-01-02"), *many(20, model="m")],
        [*many(9, provider="A", model="m"), *many(9, provider="B", model="M:free")],
        [*many(9, id="8f14e45f" * 4, provider="A"), *many(9, id="msg_01" + "a" * 22, provider="B")],
        [one(1, text="OK", usage={"prompt_tokens": 9, "completion_tokens": 400})] * 9,  # thinks
        many(9, usage={"prompt_tokens": 9, "completion_tokens": 70.0}),
    ],
    ids=["retries", "refused probes", "dates", "routes", "ids by route", "thoughts", "floats"],
)
def test_what_is_normal_is_no_finding(seen):
    assert weighed(seen).findings == ()


def test_most_calls_failing_leaves_too_little():
    assert weighed([*many(5), *failed(20)]).broken
    enough = weighed([*many(30), *failed(40, 429)])
    assert enough.broken == ""
    assert "40 of 70 calls failed" in enough.findings[0]


@pytest.mark.parametrize("status", [0, 400, 401, 404, 429, 500])
def test_no_answer_at_all_breaks(status):
    assert weighed(failed(4, status, probe="style/a", problem="x" * bool(not status))).broken


def test_another_model_midway_breaks():
    evidence = weighed([*many(12, model="lab/big-2"), *many(8, model="lab/big-2-mini")])
    assert "2 different models" in evidence.broken
    assert "big-2 12x, big-2-mini 8x" in evidence.exhibit.rows[0]


@pytest.mark.parametrize("times", [1, 3])
def test_a_rare_fallback_is_a_finding_only(times):
    evidence = weighed([*many(40), *many(times, model="other/model-x")])
    assert evidence.broken == ""
    assert evidence.findings == ("A few answers call themselves another model.",)


def test_an_alias_in_streams_only_does_not_break():
    streams = many(6, model="alias", asked={"stream": True})
    assert weighed([*many(12, model="lab/true-name"), *streams]).broken == ""


def test_one_text_for_all_questions_breaks():
    evidence = weighed(many(8, text="This service is under maintenance. Come back later."))
    assert "same answer" in evidence.broken


def test_one_text_for_all_questions_whose_counts_follow_them_is_a_finding():
    """A scripted model on a real tokenizer: somebody reads what is asked."""
    seen = [
        one(number, text=ESSAY, usage={"prompt_tokens": 9 + number, "completion_tokens": 70})
        for number in range(8)
    ]
    evidence = weighed(seen)
    assert evidence.broken == ""
    assert "same answer" in evidence.findings[0]


def test_short_answers_may_be_the_same():
    assert weighed(many(8, text="42")).findings == ()


def test_garbage_breaks():
    assert "no text" in weighed(many(6, text="\ufffd\x00\x01\ufffd" * 9)).broken
    assert not is_garbage("Ünïcode, 日本語, emoji 👨‍👩‍👧‍👦 and\ttabs\n")


def test_empty_answers_break_unless_they_were_cut():
    assert weighed(many(12, text="", usage={})).broken
    assert weighed(many(12, text="", usage={}, finish="length")).findings == ()


@pytest.mark.parametrize(
    ("usage", "words"),
    [
        ({"prompt_tokens": 9, "completion_tokens": 70, "total_tokens": 5}, "not the sum"),
        ({"prompt_tokens": -1, "completion_tokens": 70}, "no whole number"),
        ({"prompt_tokens": "9", "completion_tokens": 70}, "no whole number"),
        ({"prompt_tokens": float("nan"), "completion_tokens": 70}, "no whole number"),
        ({"prompt_tokens": True}, "no whole number"),
        ({"prompt_tokens": 10**30, "completion_tokens": 70}, "larger than any"),
        ({"prompt_tokens": 9, "completion_tokens": 2}, "fewer tokens"),
        ({"prompt_tokens": 9, "completion_tokens": 9000}, "more tokens"),
        ({"prompt_tokens": 9, "completion_tokens": 0}, "counts no tokens"),
    ],
)
def test_usage_that_cannot_be_true_is_found(usage, words):
    evidence = weighed(many(6, usage=usage))
    assert words in " ".join(evidence.findings)
    assert evidence.broken == ""
    assert weighed([*many(60), *many(2, usage=usage)]).findings == ()  # a slip


def test_thoughts_beside_the_answer_are_in_the_sum():
    details = {"completion_tokens_details": {"reasoning_tokens": 500}}
    usage = {"prompt_tokens": 9, "completion_tokens": 70, "total_tokens": 579, **details}
    assert weighed(many(6, usage=usage)).findings == ()


def test_one_prompt_counted_differently_is_found():
    usages = [{"prompt_tokens": 9 + n % 3, "completion_tokens": 70} for n in range(9)]
    assert "counted differently" in found([one(1, usage=usage) for usage in usages])
    routes = [one(1, usage=u, provider=str(u["prompt_tokens"])) for u in usages]
    assert "counted differently" not in found(routes)


def test_ids_of_two_forms_from_one_provider_are_found():
    seen = [*many(9, id="8f14e45f" * 4), *many(9, id="msg_01" + "a" * 22)]
    assert "several services" in found(seen)


def written(count, seed, *, lists):
    draw = seeded_draw(seed)
    line = "- one more thing\n" if lists else "one more thing "
    return [
        one(n, text=ESSAY * (1 + int(4 * draw())) + line * int(9 * draw()), probe=f"style/{n}")
        for n in range(count)
    ]


def test_writing_that_changes_midway_is_found():
    seen = [*written(24, 1, lists=True), *written(24, 2, lists=False)]
    assert "The writing changes after" in found(seen)


def test_writing_that_does_not_change_is_not():
    """At 1 in 2,000 false alarms, one in 200 runs is already much."""
    runs = [shift_found(written(32, seed, lists=True)) for seed in range(200)]
    assert sum(map(bool, runs)) <= 1


@pytest.mark.parametrize(
    ("model", "plain"),
    [
        ("openai/GPT-4o-2024-08-06", "gpt-4o"),
        ("claude-3-5-sonnet-20241022", "claude-3-5-sonnet"),
        ("anthropic.claude-opus-4-6-v1:0", "anthropic.claude-opus-4-6"),
        ("gpt-4o-mini", "gpt-4o-mini"),
        ("Qwen/Qwen3-32B-FP8", "qwen3-32b"),
    ],
)
def test_plain_names(model, plain):
    assert plain_name(model) == plain


@pytest.mark.skipif(not ROWS.exists(), reason=f"{ROWS} is not here")
def test_real_routes_raise_no_alarm():
    """A fifteenth of a real collection: its gateways' habits are no contradictions."""
    routes = defaultdict(list)
    with gzip.open(ROWS, "rt", encoding="utf-8") as lines:
        for number, line in enumerate(lines):
            if number % 15 == 0:
                row = json.loads(line)
                routes[row["model"], row["provider"]].append(
                    Observation(
                        prompt=(Turn("user", row["question"]),),
                        text=row["answer"],
                        reasoning=row["reasoning"] or "",
                        finish=row["finish_reason"] or "",
                        usage=row["usage"],
                        id=row["id"] or "",
                        provider=row["provider"] or "",
                    )
                )
    weighings = [weighed(seen) for seen in routes.values() if len(seen) >= 9]
    assert len(weighings) > 20
    assert [each.findings for each in weighings if each.findings] == []


odd = st.one_of(
    st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=9), st.lists(st.none())
)


@settings(max_examples=40, deadline=None)
@given(
    st.lists(
        st.builds(
            Observation,
            prompt=st.just((Turn("user", "q"),)),
            text=st.text(max_size=300),
            status=st.sampled_from((0, 200, 200, 429)),
            model=st.text(max_size=12),
            id=st.text(max_size=40),
            probe=st.sampled_from(("", "style/a")),
            usage=st.dictionaries(
                st.sampled_from(("prompt_tokens", "completion_tokens", "total_tokens")), odd
            ),
        ),
        max_size=8,
    )
)
def test_anything_can_be_looked_at(seen):
    weighed(seen)
