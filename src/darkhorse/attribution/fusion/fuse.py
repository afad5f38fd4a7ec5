"""From evidence to a verdict."""

from collections.abc import Mapping, Sequence

from darkhorse.attribution.evidence import Evidence
from darkhorse.attribution.fusion.levels import Heard, Said, say, within
from darkhorse.attribution.fusion.standing import Standing, standing_of
from darkhorse.attribution.fusion.views import BORDERS, REWRITTEN, USAGE
from darkhorse.attribution.fusion.weighing import STYLE, Weighed, weigh
from darkhorse.attribution.fusion.wording import between, made_by, says, writes_like
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.verdict import NOBODY, Verdict

__all__ = ["fuse", "recounted"]

_SHOWN = 8  # models
_GONE = 0.1  # probability of the vocabulary that counts fit, below which they are somebody else's
_FEW = 4  # answers below which style is hardly evidence


def fuse(evidence: Sequence[Evidence], known: Library) -> Verdict:
    """What all of it together lets one say.

    Posterior: prior, and the sum of calibrated log-likelihoods; exact signals veto, weak ones are
    held to one nat, style alone names no model. Anything broken, nothing at all, or a sum that is
    no number ends in `cannot-say`.
    """
    weighed = weigh([each for each in evidence if each.likelihoods or each.vetoed], known)
    stands = standing_of(weighed)
    said = Said(outcome="cannot-say")
    broken = _broken(evidence) or weighed.views.broken
    why = broken or _nothing(weighed)
    if not why:
        said = say(stands, _heard(weighed), known.calibration)
        why = _why(said, stands, weighed, known)
    change = _would_change(said, evidence)
    return _verdict(said, stands, weighed, known, why=why, change=change, is_broken=bool(broken))


def _verdict(
    said: Said,
    stands: Standing,
    weighed: Weighed,
    known: Library,
    *,
    why: str,
    change: tuple[str, ...],
    is_broken: bool,
) -> Verdict:
    heard = any(weighed.style)
    shares = {lab or NOBODY: share for lab, share in stands.labs.items()}
    return Verdict(
        outcome=said.outcome,
        says=says(said, known),
        made_by=made_by(said, stands, known),
        writes_like=writes_like(said, stands, known, heard=heard),
        lab=said.lab,
        family=said.family,
        model=said.model,
        is_new=said.is_new,
        posterior=shares,
        models=_first(stands.models),
        style={lab or NOBODY: share for lab, share in stands.style.items()} if heard else {},
        style_models=_first(stands.style_models) if heard else {},
        within=() if is_broken else within(stands, _heard(weighed), known.calibration),
        false_rate=known.calibration.stated(weighed.answers),
        why=why,
        findings=_findings(stands, weighed),
        would_change=change,
    )


def _heard(weighed: Weighed) -> Heard:
    anew = weighed.views.is_anew and not weighed.views.borders
    return Heard(
        answers=weighed.answers,
        has_exact=weighed.has_exact,
        is_strange=weighed.is_strange,
        is_anew=anew,
    )


def recounted(family: str) -> str:
    """A finding: counts fit a vocabulary that is not the model's."""
    return f"Counts are not the model's own: they are those of {family}."


def _findings(stands: Standing, weighed: Weighed) -> tuple[str, ...]:
    found = weighed.views.findings
    told = stands.told_family
    if REWRITTEN not in found and told and stands.families.get(told, 0.0) < _GONE:
        return (*found, recounted(told))
    return found


def _broken(evidence: Sequence[Evidence]) -> str:
    return next((each.broken for each in evidence if each.broken), "")


def _nothing(weighed: Weighed) -> str:
    columns = (weighed.exact, weighed.style, weighed.rest)
    if any(weighed.vetoed) or any(max(c) - min(c) > 1e-9 for c in columns if c):
        return ""
    return "Nothing that was seen tells one maker from another."


def _why(said: Said, stands: Standing, weighed: Weighed, known: Library) -> str:
    """Why no more is said."""
    if said.outcome == "cannot-say":
        return _undecided(stands, weighed, known)
    if said.outcome == "family":
        return f"Several use it: {between(stands.labs, known)}."
    if said.outcome != "lab" or said.is_new:
        return ""
    if not weighed.has_exact:
        return "Style alone names no model."
    if not weighed.answers:
        return "Nothing that was seen tells its models apart."
    return "Its models are too much alike, or it is one that the library lacks."


def _undecided(stands: Standing, weighed: Weighed, known: Library) -> str:
    heard = _heard(weighed)
    if not heard.answers and (heard.is_anew or not heard.has_exact):
        return "What was seen can be a gateway's or an imitation, and names nobody by itself."
    likely = between(stands.labs, known)
    said = f"No lab is likely enough: {likely}." if likely else "No lab is likely enough."
    if 0 < weighed.answers < _FEW and not weighed.has_exact:
        said += f" {weighed.answers} answers are too few to tell anybody by style."
    return said


def _would_change(said: Said, evidence: Sequence[Evidence]) -> tuple[str, ...]:
    told = [each.exhibit.would_change for each in evidence]
    there = {each.signal for each in evidence if each.likelihoods}
    wanted = []
    if said.outcome != "model" and not there & set(USAGE):
        wanted.append("Prompt-token counts in `usage` that are the model's own.")
    if said.outcome != "model" and not there & set(BORDERS):
        wanted.append("Answers cut by `max_tokens`: where they end shows the tokens.")
    if said.outcome != "model" and STYLE not in there:
        wanted.append("Answers of some length: sixteen, to different tasks.")
    return tuple(dict.fromkeys(each for each in (*told, *wanted) if each))


def _first(shares: Mapping[str, float]) -> Mapping[str, float]:
    return dict(list(shares.items())[:_SHOWN])
