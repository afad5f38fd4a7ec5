"""Whole verdicts, with calibrations that had no part in the labs they are scored on."""

import math
from collections import defaultdict

from msgspec import Struct, structs
from rich.progress import track

from darkhorse.attribution.fusion.fuse import fuse
from darkhorse.attribution.learn.calibration import calibrate_nested
from darkhorse.attribution.learn.calibration_drawing import draw_trials
from darkhorse.attribution.learn.calibration_fit import evenly
from darkhorse.attribution.verdict import NOBODY
from unmasking.known import Known, of_topics

_BINS = 10


class Judged(Struct, frozen=True):
    """A trial's verdict, held against the truth."""

    kind: str
    group: str
    answers: int
    named: bool  # a lab, or whose weights
    right: bool
    model: str  # "", "right", "wrong"
    new: bool  # said to be a new model
    outcome: str
    top: float
    is_top: bool
    inside: bool
    size: int


def judged(known: Known, draw, times: int, *, quiet: bool) -> dict:
    """Tables by number of answers: with counts and style, and with style alone."""
    places = of_topics(known.rows)
    rows = [known.rows[n] for n in places]
    style = _Part(known.style, places)
    drawn = draw_trials(rows, known.library, style, draw, times=times)
    trials = list(track(drawn, "trials", disable=quiet))
    nested = calibrate_nested(trials)
    families = {model.name: model.family for model in known.library.models}
    found = {}
    for mode in ("counts and style", "style alone"):
        verdicts = []
        for trial in track(trials, mode, disable=quiet):
            evidence = [
                each
                for each in trial.evidence
                if mode == "counts and style" or each.signal == "style"
            ]
            library = structs.replace(trial.known, calibration=nested[trial.group])
            verdict = fuse(evidence, library)
            verdicts.append(_held(trial, verdict, families[trial.model]))
        found[mode] = _table(verdicts)
    return found


class _Part:
    """Some of the rows, under places of their own."""

    def __init__(self, style, places):
        self._style, self._places = style, places

    def weigh(self, rows, without):
        return self._style.weigh([self._places[n] for n in rows], without)


def _held(trial, verdict, family) -> Judged:
    truth = trial.lab if trial.is_known else NOBODY
    named = bool(verdict.lab) or verdict.outcome == "family"
    right = verdict.lab == truth if verdict.lab else trial.is_known and verdict.family == family
    top = next(iter(verdict.posterior))
    return Judged(
        kind=trial.kind,
        group=trial.group,
        answers=trial.answers,
        named=named,
        right=named and right,
        model="" if not verdict.model else "right" if verdict.model == trial.model else "wrong",
        new=verdict.is_new,
        outcome=verdict.outcome,
        top=verdict.posterior[top],
        is_top=top == truth,
        inside=truth in verdict.within,
        size=len(verdict.within),
    )


def _table(verdicts: list[Judged]) -> dict:
    found = {}
    for answers in sorted({each.answers for each in verdicts}):
        part = [each for each in verdicts if each.answers == answers]
        found[str(answers)] = {
            **{kind: _row([v for v in part if v.kind == kind]) for kind in _kinds(part)},
            "ece": _ece(part),
            "covered": _weighted(part, lambda each: each.inside),
            "size": _weighted(part, lambda each: each.size),
        }
    found["all"] = {"ece": _ece(verdicts), "covered": _weighted(verdicts, lambda v: v.inside)}
    return found


def _kinds(part):
    return [kind for kind in ("known", "new", "stranger") if any(v.kind == kind for v in part)]


def _row(part: list[Judged]) -> dict:
    """Shares: every endpoint's draws alike, and every lab alike (`even`)."""
    named = [each for each in part if each.named]
    shares = {
        "named": _mean(part, lambda each: each.named),
        "named, labs alike": _even(part, lambda each: each.named),
        "right of named": _mean(named, lambda each: each.right) if named else None,
        "none": _mean(part, lambda each: each.outcome == "none"),
        "model": _mean(part, lambda each: bool(each.model)),
        "model wrong": _mean(part, lambda each: each.model == "wrong"),
        "said to be new": _mean(part, lambda each: each.new),
    }
    return {"trials": len(part), **shares}


def _mean(part, value) -> float:
    return round(math.fsum(value(each) for each in part) / max(1, len(part)), 4)


def _even(part, value) -> float:
    groups = defaultdict(list)
    for each in part:
        groups[each.group].append(value(each))
    return round(math.fsum(sum(g) / len(g) for g in groups.values()) / max(1, len(groups)), 4)


def _weights(part):
    return evenly([v.group for v in part], [v.kind for v in part], 0.25)


def _weighted(part, value) -> float:
    weights = _weights(part)
    whole = sum(w * value(v) for w, v in zip(weights, part, strict=True))
    return round(float(whole / sum(weights)), 4)


def _ece(part) -> float:
    """Mean distance of the top probability from how often it is right, in ten bins."""
    weights = _weights(part)
    away = defaultdict(float)
    for weight, each in zip(weights, part, strict=True):
        away[min(int(each.top * _BINS), _BINS - 1)] += weight * (each.top - each.is_top)
    return round(float(sum(abs(each) for each in away.values()) / sum(weights)), 4)
