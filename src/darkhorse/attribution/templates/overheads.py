"""How likely overheads are: under templates of a vocabulary, under a model's, under any."""

import math
from collections.abc import Iterable, Sequence

from msgspec import Struct

from darkhorse.attribution.templates.table import GATEWAYS, TEMPLATES, Template

__all__ = ["Overheads", "fits", "nats_of", "nats_of_any"]

_KNOWN, _ANY = 0.5, 0.38
"""The share of routes with a template of the table, and of those with one we do not know."""
_GATEWAY = (0.07, 0.02, 0.03)
"""The shares of routes that are counted so by a gateway, in the order of GATEWAYS."""
_INJECTED = 0.3  # routes where something adds a system prompt, so that `around` is larger
_AROUND, _SYSTEM, _TURN = 120, 40, 30  # how many values each may have
_ALIKE = 0.5  # unknown templates that add what some known one adds
_SLIP = 0.02


class Overheads(Struct, frozen=True, kw_only=True):
    """What was seen. Around "hi"; what a system message "hi" adds; what a turn adds."""

    around: int | None = None
    system: int | None = None
    turn: int | None = None


def nats_of(seen: Overheads, templates: Sequence[Template]) -> float:
    """Under one of these templates, or another that we do not know, or a gateway's counts."""
    any_other = _any(seen)
    own = math.fsum(_one(seen, each) for each in templates) / len(templates) if templates else 0.0
    known = _KNOWN * own + _ANY * any_other if templates else (_KNOWN + _ANY) * any_other
    return math.log(known + _gateways(seen))


def nats_of_any(seen: Overheads) -> float:
    """Under a template that we do not know, or a gateway's counts."""
    return nats_of(seen, ())


def fits(seen: Overheads, template: Template) -> bool:
    """Does the template add what a system message and a turn add here?"""
    pairs = ((seen.system, template.system), (seen.turn, template.turn))
    compared = [(value, known) for value, known in pairs if value is not None and known]
    return bool(compared) and all(value in known for value, known in compared)


def _one(seen: Overheads, template: Template) -> float:
    around = _among(seen.around, template.around, _AROUND)
    if seen.around is not None and template.around:
        longer = seen.around > max(template.around)
        injected = 1 / _AROUND if longer else _SLIP / _AROUND
        around = (1 - _INJECTED) * around + _INJECTED * injected
    return (
        around
        * _among(seen.system, template.system, _SYSTEM)
        * _among(seen.turn, template.turn, _TURN)
    )


def _among(value: int | None, known: Sequence[int], width: int) -> float:
    """Of one number: one of those known, or any; 1 where it was not seen."""
    if value is None:
        return 1.0
    if not known:
        return 1 / width
    return (1 - _SLIP) * (value in known) / len(known) + _SLIP / width


def _any(seen: Overheads) -> float:
    """Templates are made after each other: some known numbers, or any."""
    alike = math.fsum(_one(seen, each) for each in TEMPLATES) / len(TEMPLATES)
    blank = (
        _among(seen.around, (), _AROUND)
        * _among(seen.system, (), _SYSTEM)
        * _among(seen.turn, (), _TURN)
    )
    return _ALIKE * alike + (1 - _ALIKE) * blank


def _gateways(seen: Overheads) -> float:
    return math.fsum(
        share * _all_at(seen, row) for share, row in zip(_GATEWAY, GATEWAYS.values(), strict=True)
    )


def _all_at(seen: Overheads, row: Iterable[int]) -> float:
    values = (seen.around, seen.system, seen.turn)
    widths = (_AROUND, _SYSTEM, _TURN)
    return math.prod(
        _among(value, (known,), width)
        for value, known, width in zip(values, row, widths, strict=True)
    )
