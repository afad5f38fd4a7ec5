"""How often somebody unknown was given a name, by calibrations that had no part in his lab."""

from collections import defaultdict
from collections.abc import Sequence

from msgspec import structs

from darkhorse.attribution.fusion.fuse import fuse
from darkhorse.attribution.learn.calibration import calibrate_nested
from darkhorse.attribution.learn.calibration_trials import Trial
from darkhorse.attribution.library.calibration import Step

__all__ = ["false_rates"]


def false_rates(trials: Sequence[Trial]) -> tuple[Step, ...]:
    """Answers → the share of strangers that were named; never less than one of those tried."""
    nested = calibrate_nested(trials)
    named: dict[int, list[bool]] = defaultdict(list)
    for trial in trials:
        if trial.kind == "stranger":
            verdict = fuse(
                trial.evidence, structs.replace(trial.known, calibration=nested[trial.group])
            )
            named[trial.answers].append(bool(verdict.lab) or verdict.outcome == "family")
    return tuple(
        Step(answers, round(max(1, sum(each)) / len(each), 4))
        for answers, each in sorted(named.items())
    )
