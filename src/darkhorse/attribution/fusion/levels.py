"""How much of a posterior may be said.

What exact signals bear needs one probability, what style alone bears a higher one, set by how many
answers there are; both come from labs that were left out (`library/calibration.py`).
"""

import math
from collections.abc import Mapping

from msgspec import Struct

from darkhorse.attribution.fusion.standing import Standing
from darkhorse.attribution.library.calibration import Calibration, at
from darkhorse.attribution.verdict import NOBODY, Outcome

__all__ = ["AGAINST", "BORNE", "Heard", "Said", "counted", "say", "within"]

BORNE = 1.0  # nats of exact signals from which they bear a name
AGAINST = -1.0  # nats of them from which style may not speak against them

_STRANGER = 0.05  # probability of nobody we know from which the set has it
_STRANGE_BAR = 0.99  # probability of a name by the style of another task than was learnt from
_UNFIT = 0.95  # share of a lab's new models, by exact signals, from which none of its own fits
_DOUBTED = 0.5  # probability by all signals below which a vocabulary is not named


class Heard(Struct, frozen=True, kw_only=True):
    """What a posterior rests on."""

    answers: int  # whose style was read
    has_exact: bool
    is_strange: bool = False  # style of another task than was learnt from
    is_anew: bool = False  # and all it says is that counts fit a vocabulary gateways count with


class Said(Struct, frozen=True, kw_only=True):
    """What may be said; names are empty where it may not."""

    outcome: Outcome
    lab: str = ""
    root: str = ""  # whose weights, where the lab stays open
    family: str = ""
    model: str = ""
    is_new: bool = False
    borne: bool = False  # by exact signals


def say(stands: Standing, heard: Heard, by: Calibration) -> Said:
    """The most specific of the five levels that reaches its bar."""
    if not heard.answers and (heard.is_anew or not heard.has_exact):
        return Said(outcome="cannot-say")  # what anybody can imitate names nobody by itself
    found = (
        _lab(stands, heard, by)
        or _root(stands, heard, by)
        or _family(stands, heard, by)
        or _none(stands, heard, by)
    )
    return found or Said(outcome="cannot-say")


def within(stands: Standing, heard: Heard, by: Calibration) -> tuple[str, ...]:
    """The likeliest labs, as many as it takes to hold the truth in 90 % of cases.

    Nobody we know is one of them wherever that is not far-fetched.
    """
    top = next(iter(stands.labs), "")
    borne = _is_borne(stands.support, top)
    mass = by.exact_mass if borne else at(by.style_mass, heard.answers)
    if heard.is_strange and not borne and stands.labs.get(top, 0.0) < _STRANGE_BAR:
        mass = math.inf  # of another task it excludes nobody
    held: list[str] = []
    total = last = 0.0
    for lab, share in stands.labs.items():
        is_tied = bool(held) and math.isclose(share, last, rel_tol=1e-6)
        if total < mass or is_tied or (not lab and share >= _STRANGER):
            held.append(lab or NOBODY)
            last = share
        total += share
    return tuple(held)


def _is_borne(support: Mapping[str, float], name: str) -> bool:
    return support.get(name, 0.0) >= BORNE


def _bar(by: Calibration, heard: Heard, *, borne: bool) -> float:
    if borne:
        return at(by.exact_bar, heard.answers)
    bar = at(by.mixed_bar if heard.has_exact else by.style_bar, heard.answers)
    return max(bar, _STRANGE_BAR) if heard.is_strange else bar


def _lab(stands: Standing, heard: Heard, by: Calibration) -> Said | None:
    lab = next((each for each in stands.labs if each), "")
    borne = _is_borne(stands.support, lab)
    share = stands.labs.get(lab, 0.0)
    against = stands.support.get(lab, 0.0) < AGAINST
    if not lab or against or share < _bar(by, heard, borne=borne):
        return None
    model = next((each for each in stands.models if each.startswith(f"{lab}/")), "")
    if borne and stands.models.get(model, 0.0) >= by.model_bar:
        return Said(outcome="model", lab=lab, model=model, borne=borne)
    is_new = stands.unfit.get(lab, 0.0) >= _UNFIT and stands.new[lab] >= by.model_bar * share
    return Said(outcome="lab", lab=lab, is_new=is_new, borne=borne)


def _root(stands: Standing, heard: Heard, by: Calibration) -> Said | None:
    root = next((each for each in stands.roots if each), "")
    borne = _is_borne(stands.root_support, root)
    against = stands.root_support.get(root, 0.0) < AGAINST
    if not root or against or stands.roots[root] < _bar(by, heard, borne=borne):
        return None
    return Said(outcome="family", root=root, family=stands.family_of.get(root, ""), borne=borne)


def _family(stands: Standing, heard: Heard, by: Calibration) -> Said | None:
    family, share = counted(stands)
    if share < _bar(by, heard, borne=True) or stands.families.get(family, 0.0) < _DOUBTED:
        return None
    return Said(outcome="family", family=family, borne=True)


def counted(stands: Standing) -> tuple[str, float]:
    """The vocabulary that exact signals bear, and how likely it is by them; nought if none is."""
    family = next((each for each in stands.counted if each), "")
    if not family or not _is_borne(stands.family_support, family):
        return "", 0.0
    return family, stands.counted[family]


def _none(stands: Standing, heard: Heard, by: Calibration) -> Said | None:
    """Style alone says so only of a task that it was learnt from."""
    if heard.is_strange and max(stands.support.values(), default=0.0) > -BORNE:
        return None
    return Said(outcome="none") if stands.labs.get("", 0.0) >= by.none_bar else None
