"""What is said in the end: one of five levels, a posterior, a set, and what it rests on."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

from darkhorse.attribution.evidence import Evidence

__all__ = ["NOBODY", "Case", "Outcome", "Verdict"]

NOBODY = "none of those we know"
"""Stands in the posterior and the set for every lab that is not in the library."""

Outcome = Literal["model", "family", "lab", "none", "cannot-say"]
"""model: this model, by name. family: models of this vocabulary, and its maker where the posterior
tells. lab: this maker, perhaps a model the library lacks. none: somebody we do not know.
cannot-say: too little, broken, contradictory, or between several."""


class Verdict(Struct, frozen=True, kw_only=True):
    """The answer. A name stands in `lab`, `family` and `model` only where the level gives it."""

    outcome: Outcome
    says: str  # one sentence
    made_by: str  # one sentence: whose it is, as far as exact signals and all together tell
    writes_like: str  # one sentence: whose output it was shaped by, which may be another's
    lab: str = ""
    family: str = ""
    model: str = ""
    is_new: bool = False  # the lab is named, and the model is none of the library's
    posterior: Mapping[str, float]  # lab or NOBODY → probability, most likely first; sums to one
    models: Mapping[str, float] = {}  # model → probability, the likeliest few
    style: Mapping[str, float] = {}  # lab → share by style alone, most alike first
    style_models: Mapping[str, float] = {}
    within: tuple[str, ...] = ()  # labs, and NOBODY: holds the truth in 90 % of cases
    false_rate: float = 0.0  # how often a lab nobody knew was given a name at this threshold
    why: str = ""  # why no more is said
    findings: tuple[str, ...] = ()  # that only all signals together show
    would_change: tuple[str, ...] = ()


class Case(Struct, frozen=True, kw_only=True):
    """A whole investigation, as `--json` prints it and the report shows it."""

    verdict: Verdict
    evidence: tuple[Evidence, ...]
    findings: tuple[str, ...] = ()
    subject: str = ""  # what was asked: a URL and a model, a file, a listing; never a key
    observations: int = 0
    calls: int = 0
    tokens: int = 0  # public tokens, sent and got
    seconds: float = 0.0
    budget: str = ""
    library: str = ""  # its version
    version: str = ""  # of Darkhorse
    at: int = 0  # Unix seconds
