"""Bars that are set on some labs hold on others; made-up labs, so that the truth is known."""

import random

import pytest
from fusion_kit import evidence

from darkhorse.attribution.evidence import Evidence
from darkhorse.attribution.fusion.fuse import fuse
from darkhorse.attribution.library.calibration import Calibration, at
from darkhorse.attribution.library.library import Lab, Library, Model

pytest.importorskip("scipy", reason="the lab is not installed")

from msgspec import structs

from darkhorse.attribution.learn.calibration import calibrate, calibrate_nested
from darkhorse.attribution.learn.calibration_drawing import draw_trials, groups_of, left_out
from darkhorse.attribution.learn.calibration_scored import false_rates
from darkhorse.attribution.learn.calibration_trials import Kind, Trial
from darkhorse.attribution.learn.rows import Row
from darkhorse.attribution.library.counts import Counts
from darkhorse.attribution.observation import Observation
from darkhorse.base.chance import seeded_draw

LABS = tuple("abcdefgh")
SPREAD = 2.0  # of scores, against a distance of 8 between labs: strangers come near now and then
LOUD = 8.0  # nats a score is said to be worth; it is worth two


def _library(labs: tuple[str, ...]) -> Library:
    return Library(
        labs=tuple(Lab(name=lab, title=lab.upper()) for lab in labs),
        models=tuple(Model(name=f"{lab}/{n}", lab=lab) for lab in labs for n in (1, 2)),
    )


def _style(lab: str, known: Library, answers: int, dice: random.Random) -> Evidence:
    """Overconfident, as classifiers are."""
    best = {each.name: 0.0 for each in known.labs}
    if lab in best:
        best[lab] = 8.0
    nats = {name: LOUD * dice.gauss(mean, SPREAD) for name, mean in best.items()}
    models = {each.name: nats[each.lab] for each in known.models}
    return evidence(
        "style",
        "strong",
        {"lab": (nats, 4 * LOUD), "model": (models, 4 * LOUD)},
        observations=answers,
    )


def _trials(dice: random.Random, times: int) -> list[Trial]:
    whole = _library(LABS)
    found = []
    for lab in LABS:
        less = _library(tuple(each for each in LABS if each != lab))
        kinds: tuple[tuple[Kind, Library], ...] = (("known", whole), ("stranger", less))
        for kind, known in kinds:
            for n in range(times):
                answers = (4, 16)[n % 2]
                found.append(
                    Trial(
                        lab=lab,
                        model=f"{lab}/1",
                        group=lab,
                        kind=kind,
                        answers=answers,
                        known=known,
                        evidence=(_style(lab, known, answers, dice),),
                    )
                )
    return found


def _named(trials: list[Trial], by: Calibration, kind: Kind) -> float:
    verdicts = [
        fuse(t.evidence, structs.replace(t.known, calibration=by)) for t in trials if t.kind == kind
    ]
    return sum(bool(each.lab) for each in verdicts) / len(verdicts)


def test_few_strangers_are_named_that_had_no_part_in_the_bars() -> None:
    by = calibrate(_trials(random.Random(1), times=24))
    fresh = _trials(random.Random(2), times=50)
    assert by.labs == len(LABS)
    assert _named(fresh, by, "stranger") <= 0.05
    assert _named(fresh, by, "known") >= 0.5


def test_overconfident_scores_are_tempered() -> None:
    by = calibrate(_trials(random.Random(3), times=20))
    assert 0.1 < at(by.weight, 16) < 0.5


def test_a_set_holds_the_truth_nine_times_in_ten() -> None:
    by = calibrate(_trials(random.Random(4), times=24))
    fresh = [t for t in _trials(random.Random(5), times=40) if t.kind == "known"]
    verdicts = [(t, fuse(t.evidence, structs.replace(t.known, calibration=by))) for t in fresh]
    assert sum(t.lab in v.within for t, v in verdicts) / len(verdicts) >= 0.88


def test_what_is_learnt_without_a_lab_does_not_see_it() -> None:
    trials = _trials(random.Random(6), times=8)
    nested = calibrate_nested(trials)
    assert set(nested) == set(LABS)
    without = [t for t in trials if t.group != "a"]
    assert nested["a"] == calibrate(without)


def test_the_rate_that_is_stated_is_what_strangers_met() -> None:
    trials = _trials(random.Random(7), times=8)
    nested = calibrate_nested(trials)
    met = [
        bool(fuse(t.evidence, structs.replace(t.known, calibration=nested[t.group])).lab)
        for t in trials
        if t.kind == "stranger" and t.answers == 16
    ]
    rates = false_rates(trials)
    assert at(rates, 16) == pytest.approx(max(1, sum(met)) / len(met), abs=1e-4)
    assert Calibration(labs=4, false_rates=rates).stated(16) >= Calibration().false_rate


def test_too_few_labs_leave_the_cautious_defaults() -> None:
    trials = [t for t in _trials(random.Random(7), times=4) if t.lab in "ab"]
    assert calibrate(trials) == Calibration()
    assert calibrate([]) == Calibration()


def test_labs_that_tune_anothers_weights_are_left_out_with_it() -> None:
    known = Library(
        labs=(Lab(name="base", title=""), Lab(name="tuner", title=""), Lab(name="else", title="")),
        models=(
            Model(name="base/1", lab="base", family="B"),
            Model(name="tuner/1", lab="tuner", family="B", base="base"),
            Model(name="else/1", lab="else", family="E"),
        ),
        counts=Counts(vocabularies=("B", "E"), prompts={"key": (5, 7)}),
    )
    groups = groups_of(known)
    assert groups == {"base": {"base", "tuner"}, "else": {"else"}}
    less = left_out(known, groups["base"], vocabularies=True)
    assert [each.name for each in less.models] == ["else/1"]
    assert less.counts.vocabularies == ("E",)
    assert less.counts.prompts == {"key": (7,)}


class _Silent:
    def weigh(self, rows: object, without: str) -> Evidence | None:
        return None


def test_trials_are_the_same_for_the_same_draws() -> None:
    rows = [
        Row(model=f"{lab}/1", seen=Observation(text=f"{lab} {n}"), question=str(n))
        for lab in "ab"
        for n in range(20)
    ]
    known = _library(("a", "b"))
    first, again = (
        [
            (t.model, t.kind, t.answers)
            for t in draw_trials(rows, known, _Silent(), seeded_draw(5), kins={"a/1": "kin 0"})
        ]
        for _ in range(2)
    )
    assert first == again
    assert {kind for model, kind, _ in first if model == "a/1"} == {"known", "new", "stranger"}
    assert {kind for model, kind, _ in first if model == "b/1"} == {"known", "stranger"}
    assert {answers for _, _, answers in first} == {1, 4, 8, 16}
