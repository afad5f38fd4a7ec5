"""Style as evidence, and as an exhibit in numbers a person can check."""

import math
from collections import defaultdict
from collections.abc import Mapping, Sequence

from darkhorse.attribution.evidence import Evidence, Exhibit, Likelihoods, Plot
from darkhorse.attribution.nats import log_mean
from darkhorse.attribution.style.spread import Nats

__all__ = ["SIGNAL", "Shares", "evidence_of", "shares_of"]

SIGNAL = "style"
Shares = Mapping[str, float]
_BARS = 8
_ROWS = 6
_TEMPER = 0.3  # of shares in an exhibit: answers of one model are more alike than chance has it
_FLOOR = 0.5  # of a rate: below it, a sign is rare with anybody
_ELSEWHERE = "somebody else"
_CAUTION = (
    "Style follows training data, not ownership: a model that learnt from another's answers"
    " writes like that other."
)


def shares_of(nats: Nats) -> dict[str, float]:
    """Lab, and somebody else → share by style alone, all alike before; most alike first."""
    models: dict[str, list[float]] = defaultdict(list)
    for name, value in nats.models.items():
        models[name.partition("/")[0]].append(value)
    by_lab = {lab: log_mean([log_mean(values), nats.labs[lab]]) for lab, values in models.items()}
    by_lab[_ELSEWHERE] = nats.other
    best = max(by_lab.values())
    weights = {lab: math.exp(_TEMPER * (value - best)) for lab, value in by_lab.items()}
    whole = math.fsum(weights.values())
    ranked = sorted(weights, key=lambda lab: (-weights[lab], lab))
    return {lab: weights[lab] / whole for lab in ranked}


def evidence_of(
    nats: Nats,
    answers: int,
    *,
    foreign: int = 0,
    is_strange: bool = False,
    rates: Mapping[str, float] | None = None,
    usual: Mapping[str, Mapping[str, float]] | None = None,
) -> Evidence:
    """What the answers say of who wrote them.

    `foreign`: how many were in no language that was learnt. `is_strange`: most answer something
    else than what the library learnt from, or in such a language.

    `rates`: sign → times in 1,000 characters here; `usual`: lab → sign → the same of its models.
    """
    shares = shares_of(nats)
    return Evidence(
        signal=SIGNAL,
        reliability="strong",
        observations=answers,
        is_strange=is_strange,
        likelihoods=(
            Likelihoods(level="lab", nats=dict(nats.labs), other=nats.other),
            Likelihoods(level="model", nats=dict(nats.models), other=nats.other),
        ),
        exhibit=_exhibit(shares, answers, foreign, rates or {}, usual or {}),
    )


def _exhibit(
    shares: Shares,
    answers: int,
    foreign: int,
    rates: Mapping[str, float],
    usual: Mapping[str, Mapping[str, float]],
) -> Exhibit:
    first = next(iter(shares))
    second = next((lab for lab in shares if lab not in (first, _ELSEWHERE)), "nobody")
    labs = [lab for lab in shares if lab in usual][:2]
    return Exhibit(
        title="Style",
        says=f"{_many(answers)} read{_abroad(foreign)}: written most like {first}"
        f" ({min(shares[first], 0.99):.0%} by style alone), then {second}. {_CAUTION}",
        head=("In 1,000 characters", "here", *labs) if labs else (),
        rows=_rows(rates, [usual[lab] for lab in labs]) if labs else (),
        against=_against(rates, usual.get(labs[0], {}) if labs else {}, labs),
        would_change="More answers, to questions of other kinds"
        + ("." if answers >= 16 else "; eight say a lab, sixteen a model of it."),
        plot=Plot(
            title="Shares by style alone",
            unit="%",
            bars=tuple((lab, round(100 * share, 1)) for lab, share in [*shares.items()][:_BARS]),
        ),
    )


def _many(answers: int) -> str:
    return "One answer" if answers == 1 else f"{answers} answers"


def _abroad(foreign: int) -> str:
    return f" ({foreign} in a language that nobody learnt, by form alone)" if foreign else ""


def _rows(
    rates: Mapping[str, float], columns: Sequence[Mapping[str, float]]
) -> tuple[tuple[str, ...], ...]:
    """Signs that part the labs most."""
    apart = sorted(rates, key=lambda sign: (-_apart([c.get(sign, 0.0) for c in columns]), sign))
    return tuple(
        (sign, f"{rates[sign]:.1f}", *(f"{column.get(sign, 0.0):.1f}" for column in columns))
        for sign in apart[:_ROWS]
    )


def _apart(values: Sequence[float]) -> float:
    return abs(math.log((values[0] + _FLOOR) / (values[-1] + _FLOOR))) if values else 0.0


def _against(rates: Mapping[str, float], usual: Mapping[str, float], labs: Sequence[str]) -> str:
    """The sign that fits the first lab least."""
    if not usual or not rates:
        return ""
    worst = max(rates, key=lambda sign: _apart([rates[sign], usual.get(sign, 0.0)]))
    if _apart([rates[worst], usual.get(worst, 0.0)]) < math.log(2):
        return ""
    return (
        f"Here {worst} comes {rates[worst]:.1f} times in 1,000 characters,"
        f" with {labs[0]} {usual.get(worst, 0.0):.1f}."
    )
