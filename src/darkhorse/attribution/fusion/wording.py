"""A verdict's sentences."""

from collections.abc import Mapping

from darkhorse.attribution.fusion.levels import Said
from darkhorse.attribution.fusion.standing import Standing
from darkhorse.attribution.labs import title_of as usual_title
from darkhorse.attribution.library.library import Library

__all__ = ["between", "made_by", "says", "title_of", "writes_like"]

_ALIKE = 0.5  # share by style alone from which one lab is named


def title_of(lab: str, known: Library) -> str:
    """A lab's name as people write it."""
    told = (each.title for each in known.labs if each.name == lab and each.title)
    return next(told, usual_title(lab))


def says(said: Said, known: Library) -> str:
    """The verdict in one sentence."""
    lab = title_of(said.lab, known)
    if said.outcome == "model":
        return f"This is {said.model} by {lab}."
    if said.outcome == "lab":
        new = ", a model that the library does not have" if said.is_new else ""
        return f"This is made by {lab}{new}."
    if said.outcome == "family":
        return _family(said, known)
    if said.outcome == "none":
        return "This is made by none of the labs we know."
    return "Who made this cannot be said."


def _family(said: Said, known: Library) -> str:
    if not said.root:
        return f"It counts as {said.family} does; who made it stays open."
    root = title_of(said.root, known)
    return f"This is built on weights of {root}, by {root} or by whoever tuned them."


def made_by(said: Said, stands: Standing, known: Library) -> str:
    """Whose it is, and how sure that is."""
    if said.lab:
        share = stands.labs.get(said.lab, 0.0)
        by = "exact signals and all together" if said.borne else "style, without an exact signal"
        return f"{title_of(said.lab, known)}, {_percent(share)}, by {by}."
    if said.root:
        share = stands.roots.get(said.root, 0.0)
        return f"Somebody on {title_of(said.root, known)}'s weights, {_percent(share)}."
    if said.family:
        return f"Somebody who uses the vocabulary of {said.family}; which lab stays open."
    if said.outcome == "none":
        share = stands.labs.get("", 0.0)
        return f"Nobody in the library, {_percent(share)}."
    return "Nobody is likely enough to be named."


def writes_like(said: Said, stands: Standing, known: Library, *, heard: bool) -> str:
    """Whose output it resembles, whoever made it."""
    if not heard:
        return "Nothing to tell it by: too few answers."
    labs = ((lab, share) for lab, share in stands.style.items() if lab)
    lab, share = next(labs, ("", 0.0))
    if share < _ALIKE:
        return "Like nobody in particular."
    title = title_of(lab, known)
    other = _contradiction(lab, said, stands, known)
    return f"Like {title}, {_percent(share)} by style alone{other}."


def _contradiction(lab: str, said: Said, stands: Standing, known: Library) -> str:
    """Said where exact signals speak against the lab that it writes like."""
    if stands.support.get(lab, 0.0) < -3:
        return f"; exact signals speak against {title_of(lab, known)}"
    if said.lab and said.lab != lab:
        return f", though it is made by {title_of(said.lab, known)}"
    return ""


def _percent(share: float) -> str:
    if share > 0.999:
        return "over 99.9 %"
    return f"{100 * share:.1f} %"


def between(shares: Mapping[str, float], known: Library) -> str:
    """The likeliest two or three, for one who asks why none is named."""
    named = [
        f"{title_of(lab, known) if lab else 'somebody we do not know'} ({_percent(share)})"
        for lab, share in list(shares.items())[:3]
        if share >= 0.05
    ]
    return " and ".join(named)
