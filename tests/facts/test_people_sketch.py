"""How many people: exact when few, near when many, whatever was added up in which order."""

import statistics

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from darkhorse.storage.ledger import people_sketch

NAMES = st.sets(st.integers(0, 2000), max_size=900)


def sketch(names):
    return people_sketch.of_people(f"person {name}" for name in names)


@given(NAMES)
@settings(max_examples=50, deadline=None)
def test_few_are_exact(names):
    found = people_sketch.count(sketch(names))
    if len(names) <= 512:
        assert found == len(names)
    else:
        assert found == pytest.approx(len(names), rel=0.1)


@given(st.lists(NAMES, max_size=4))
@settings(max_examples=50, deadline=None)
def test_a_sketch_is_that_of_all_whatever_was_merged_first(groups):
    everybody = sketch(set().union(*groups))
    sketches = [sketch(group) for group in groups]
    assert people_sketch.merged(sketches) == everybody
    assert people_sketch.merged(reversed(sketches)) == everybody
    step = people_sketch.EMPTY
    for each in sketches:
        step = people_sketch.merged([step, each])
    assert step == everybody
    assert people_sketch.merged([everybody, *sketches]) == everybody


def test_many_are_near():
    """Over 30 crowds: the mean error near 0, the standard error that of 4,096 registers (1.6 %)."""
    errors = [
        people_sketch.count(people_sketch.of_people(f"{crowd} {n}" for n in range(size))) / size - 1
        for size in (1500, 9000, 40_000)
        for crowd in range(10)
    ]
    assert abs(statistics.mean(errors)) < 0.01
    assert statistics.pstdev(errors) < 0.025
    assert max(map(abs, errors)) < 0.06


def test_a_sketch_is_small_and_nobody_is_nothing():
    assert people_sketch.of_people([]) == people_sketch.EMPTY
    assert people_sketch.count(people_sketch.EMPTY) == 0
    assert max(len(sketch(range(size))) for size in (512, 513, 100_000)) <= 4097
