"""What is asked: enough to tell all vocabularies apart, and never the same twice."""

import json
from itertools import combinations
from pathlib import Path

import pytest

from attribution.counts_kit import PROBES, SIGNAL, asked, library
from darkhorse.attribution.counting.battery import choose, is_safe
from darkhorse.attribution.counting.items import FRAME, REFERENCE
from darkhorse.attribution.learn.counts import learn_counts
from darkhorse.attribution.library.library import Library
from darkhorse.base.chance import seeded_draw

TABLE = Path("/work/shared/data/attribution/tokenizer-counts.json")


@pytest.mark.parametrize(("budget", "calls"), [("quick", 6), ("standard", 12), ("deep", 30)])
def test_a_budget_asks_so_many_one_token_calls(budget, calls):
    probes = SIGNAL.probes(budget, seeded_draw(1), library())
    assert len(probes) == calls == len({each.name for each in probes})
    assert all(each.ask.limit == 1 for each in probes)
    assert all(each.name.startswith("prompt-counts/") for each in probes)
    texts = [each.ask.messages[-1].text for each in probes]
    assert REFERENCE in texts
    assert all(text.startswith(FRAME) for text in texts)
    assert len(set(texts)) < len(texts), "something is asked again"


def test_the_same_draws_give_the_same_battery_and_others_another():
    assert asked(seed=4) == asked(seed=4)
    assert len({tuple(sorted(asked(seed=n))) for n in range(12)}) == 12


@pytest.mark.parametrize(
    "unsafe", ["", "tail ", "tail\n", "tail\u3000", "tail\u200b", "a\ufeffb", "x" * 81]
)
def test_what_a_template_may_trim_is_not_asked(unsafe):
    assert not is_safe(unsafe)
    assert is_safe("   x")


def test_without_a_table_nothing_is_chosen():
    assert choose(Library().counts, 4, seeded_draw(1)) == []
    assert len(choose(library().counts, 999, seeded_draw(1))) == len(PROBES)


@pytest.mark.skipif(not TABLE.exists(), reason="the shared table of counts is not here")
def test_six_probes_of_the_real_table_tell_all_vocabularies_apart():
    counts = learn_counts(probes=json.loads(TABLE.read_bytes()))
    assert len(counts.vocabularies) == 28
    assert len(counts.probes) == 970
    used = set()
    for seed in range(6):
        chosen = choose(counts, 6, seeded_draw(seed))
        used.update(chosen)
        rows = [counts.probes[text] for text in chosen]
        for a, b in combinations(range(28), 2):
            assert any(row[a] != row[b] for row in rows), (counts.vocabularies[a], seed)
    assert len(used) > 20
