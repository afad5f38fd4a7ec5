"""From marks to makers: a lab is reached through a service, and the service writes the marks.

P(marks | lab) is a sum over services, P(service | lab) P(marks | service). So a host's marks tell
open weights and no maker, Bedrock's Claude tells Anthropic, and marks that many imitate say little:
an imitation imitates all of them at once.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from darkhorse.attribution.forms.marks import Mark
from darkhorse.attribution.forms.services import (
    SERVICES,
    TEMPLATES,
    UNKNOWN,
    Service,
    open_of,
    usual_of,
)
from darkhorse.attribution.labs import names_of

__all__ = ["LABS", "is_strange", "nats_of", "services_of"]

LABS: tuple[str, ...] = tuple(sorted({lab for each in SERVICES for lab in each.labs}))
"""Labs whose own API is known, by their usual names."""

_WRITTEN = 0.8  # P(a form of the service's is seen in such a place)
_STRAY = 0.3  # how much rarer a known service writes something usual that is not its own
_COMMON = 0.1
_LEAST = 0.05  # P(an unknown API | lab)


def nats_of(marks: Sequence[Mark], labs: Iterable[str]) -> tuple[dict[str, float], float]:
    """Log-likelihood of one route's marks under each lab, and under a lab that nobody knows."""
    written = {each.name: _log_written(each, marks) for each in (*SERVICES, UNKNOWN)}
    return {lab: _of_lab(lab, marks, written) for lab in labs}, _of_lab("", marks, written)


def services_of(marks: Sequence[Mark]) -> list[tuple[str, float]]:
    """How likely each service wrote them, all labs alike before; the likeliest first."""
    weights: dict[str, float] = defaultdict(float)
    for lab in (*LABS, ""):
        for service, share in _reached(names_of(lab)[0]):
            weights[service.name] += share * math.exp(_log_written(service, marks))
    whole = math.fsum(weights.values())
    return sorted(((n, w / whole) for n, w in weights.items()), key=lambda each: -each[1])


def is_strange(service: str, mark: Mark) -> bool:
    """Is this service not known for such a form, nor everybody?"""
    forms = next((each.writes for each in SERVICES if each.name == service), {})
    known = (mark.kind, mark.form) in TEMPLATES or mark.form in forms.get(mark.place, ())
    return not known and usual_of(mark.place, mark.form) < _COMMON


def _of_lab(lab: str, marks: Sequence[Mark], written: Mapping[str, float]) -> float:
    usual = names_of(lab)[0] if lab else ""
    likely = math.fsum(
        share * math.exp(written[service.name]) for service, share in _reached(usual)
    )
    shaped = {key for mark in marks if (key := (mark.kind, mark.form)) in TEMPLATES}
    return math.log(likely) + math.fsum(_log_shaped(usual, *TEMPLATES[key]) for key in shaped)


def _log_shaped(lab: str, whose: str, kept: float, taken: float) -> float:
    return math.log(kept if lab == whose else taken)


def _reached(lab: str) -> list[tuple[Service, float]]:
    """P(service | lab), over all services; the rest is an API that nobody knows."""
    shares = [(each, _share(each, lab)) for each in SERVICES]
    rest = max(_LEAST, 1 - math.fsum(share for _, share in shares))
    whole = math.fsum(share for _, share in shares) + rest
    return [(each, share / whole) for each, share in (*shares, (UNKNOWN, rest))]


def _share(service: Service, lab: str) -> float:
    return max(service.labs.get(lab, 0.0) + service.hosts * open_of(lab), service.dressed)


def _log_written(service: Service, marks: Sequence[Mark]) -> float:
    """Forms of one place that differ are each counted once, and share one place's weight."""
    by_kind: dict[str, set[str]] = defaultdict(set)
    for mark in marks:
        if (mark.kind, mark.form) not in TEMPLATES:
            by_kind[mark.place].add(mark.form)
    return math.fsum(_log_kind(service, kind, forms) for kind, forms in by_kind.items())


def _log_kind(service: Service, kind: str, forms: set[str]) -> float:
    own = service.writes.get(kind, frozenset())
    strange = 1.0 if service is UNKNOWN else _STRAY
    logs = [
        math.log(_WRITTEN if form in own else strange * usual_of(kind, form))
        for form in sorted(forms)
    ]
    return math.fsum(logs) / math.sqrt(len(logs))
