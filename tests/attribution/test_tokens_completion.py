"""What answers are charged: whose tokens, how many more, and whether prompts are counted alike."""

import gzip
import json
from collections import Counter, defaultdict
from itertools import islice
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from msgspec import structs

from attribution.tokens_kit import DEEPSEEK, O200K, asked, best, charged, families, nats
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.observation import Observation, Turn
from darkhorse.attribution.signals.completion import Completion

DATA = Path("/work/shared/data/attribution")
SIGNAL = Completion()
ALIKE = 1e-6


def weighed(seen):
    return SIGNAL.weigh(seen, Library())


@pytest.mark.parametrize("family", families())
def test_each_vocabulary_is_told_from_echoes_alone(family):
    evidence = weighed([charged(probe, family) for probe in asked(SIGNAL)])
    told = nats(evidence)
    assert told.nats[family] >= max(told.nats.values()) - ALIKE
    assert told.nats[family] > told.other
    assert ("family", family) not in evidence.vetoed
    assert not evidence.findings


@pytest.mark.parametrize("more", [0, 1, 4])
def test_the_residual_is_shown(more):
    evidence = weighed([charged(probe, DEEPSEEK, more=more) for probe in asked(SIGNAL, "deep")])
    assert f"answers are charged their tokens by {DEEPSEEK} and +{more}." in evidence.exhibit.says


def test_harmony_is_told_by_what_it_adds():
    evidence = weighed([charged(probe, O200K, more=9) for probe in asked(SIGNAL, "deep")])
    assert best(evidence) == O200K
    assert "harmony" in evidence.exhibit.says


def test_o200k_speaks_for_its_family_by_little_and_vetoes_nobody():
    evidence = weighed([charged(probe, O200K) for probe in asked(SIGNAL, "deep")])
    told = nats(evidence)
    assert 1 < told.nats[O200K] - told.nats[DEEPSEEK] < 5
    assert not evidence.vetoed


def test_prompts_counted_with_another_vocabulary_are_a_finding():
    probes = asked(SIGNAL, "deep")
    [finding] = weighed([charged(p, DEEPSEEK, prompts_by=O200K) for p in probes]).findings
    assert O200K in finding
    assert DEEPSEEK in finding


@pytest.mark.parametrize(
    "fields",
    [
        {"finish": "length"},
        {"reasoning": "Hm."},
        {"call_ids": ("call_1",)},
        {"status": 500, "problem": "x"},
        {"usage": {}},
    ],
)
def test_charges_of_more_than_the_text_are_left_alone(fields):
    seen = [structs.replace(charged(p, DEEPSEEK), **fields) for p in asked(SIGNAL)]
    assert weighed(seen) is None


def test_thoughts_that_are_counted_apart_are_taken_off():
    def thinking(seen, thoughts):
        whole = seen.usage["completion_tokens"] + thoughts
        details = {"reasoning_tokens": thoughts}
        usage = {"completion_tokens": whole, "completion_tokens_details": details}
        return structs.replace(seen, usage=usage, reasoning="Hm.")

    plain = [charged(probe, DEEPSEEK) for probe in asked(SIGNAL)]
    thought = [thinking(each, 40 * n + 7) for n, each in enumerate(plain)]
    assert nats(weighed(thought)) == nats(weighed(plain))


def test_other_answers_need_a_counter():
    turns = (Turn("user", "What is a tide?"),)
    texts = ["Water that " + "comes and goes, " * n for n in range(1, 12)]
    seen = [
        Observation(prompt=turns, text=text, usage={"completion_tokens": len(text.split()) + 1})
        for text in texts
    ]
    assert Completion(lambda _: {}).weigh(seen, Library()) is None
    counted = Completion(lambda text: {"words": len(text.split()), "letters": len(text)})
    assert best(counted.weigh(seen, Library())) == "words"


def usages():
    odd = st.one_of(
        st.none(), st.booleans(), st.integers(-5, 10**30), st.floats(), st.text(max_size=4)
    )
    details = st.dictionaries(st.just("reasoning_tokens"), odd)
    names = st.sampled_from(["prompt_tokens", "completion_tokens", "completion_tokens_details"])
    return st.dictionaries(names, st.one_of(odd, details, st.lists(odd, max_size=2)))


@settings(max_examples=20)
@given(st.lists(usages(), min_size=1, max_size=8))
def test_hostile_usage_raises_nothing(told):
    probes = asked(SIGNAL, "deep")
    seen = [
        structs.replace(charged(probe, DEEPSEEK), usage=usage)
        for probe, usage in zip(probes, told, strict=False)
    ]
    evidence = weighed(seen)
    assert evidence is None or all(n == n for n in nats(evidence).nats.values())  # noqa: PLR0124 nan is not itself


def rows():
    """The first answers of each route of twenty models, with what the shared table counts them."""
    counts = json.loads(gzip.decompress((DATA / "speechmap-counts.json.gz").read_bytes()))
    groups = defaultdict(list)
    with gzip.open(DATA / "speechmap.jsonl.gz", "rt") as lines:
        for line in islice(lines, 2500):
            row = json.loads(line)
            key = f"{row['model']}|{row['set']}/{row['question_id']}"
            groups[row["model"], row["provider"]].append((row, counts["answers"][key]))
    return counts, {place: found[:16] for place, found in groups.items() if len(found) > 15}


@pytest.mark.skipif(not DATA.exists(), reason="the shared data is not here")
def test_real_routes_are_never_given_another_lab_s_vocabulary():
    counts, groups = rows()
    verdicts = Counter()
    for (model, _), found in groups.items():
        known = {
            row["answer"]: dict(zip(counts["vocabularies"], told, strict=True))
            for row, told in found
        }
        seen = [
            Observation(
                prompt=(Turn("user", row["question"]),),
                text=row["answer"],
                reasoning=row["reasoning"] or "",
                usage=row["usage"],
                finish=row["finish_reason"] or "",
            )
            for row, _ in found
        ]
        evidence = Completion(known.__getitem__).weigh(seen, Library())
        if evidence is None:
            continue
        native, told = counts["native"][model], nats(evidence)
        assert ("family", native) not in evidence.vetoed
        top = max(told.nats.values())
        is_told = native and told.nats[native] >= top - 0.1 and top > told.other
        verdicts["right" if is_told else "none" if told.other > top - 1 else "wrong"] += 1
    assert verdicts["right"] >= 5
    assert verdicts["wrong"] <= verdicts["right"] // 4  # routes that are counted anew
