"""From observations to a case: every signal weighs, fusion fuses."""

from collections.abc import Sequence

from darkhorse import __version__
from darkhorse.attribution.evidence import Evidence
from darkhorse.attribution.fusion.fuse import fuse
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.observation import Observation
from darkhorse.attribution.signal import Signal
from darkhorse.attribution.signals.chunk_borders import ChunkBorders
from darkhorse.attribution.signals.completion import Completion
from darkhorse.attribution.signals.constancy import Constancy
from darkhorse.attribution.signals.cutoff import Cutoff
from darkhorse.attribution.signals.metadata import Metadata
from darkhorse.attribution.signals.one_token import OneToken
from darkhorse.attribution.signals.prompt_counts import PromptCounts
from darkhorse.attribution.signals.refusal import Refusal
from darkhorse.attribution.signals.self_report import SelfReport
from darkhorse.attribution.signals.sensitivity import Sensitivity
from darkhorse.attribution.signals.style import Style
from darkhorse.attribution.signals.template import Template
from darkhorse.attribution.signals.truncation import Truncation
from darkhorse.attribution.signals.wire import Wire
from darkhorse.attribution.verdict import Case

__all__ = ["SIGNALS", "judge"]

SIGNALS: tuple[Signal, ...] = (
    PromptCounts(),
    Template(),
    Completion(),
    Truncation(),
    ChunkBorders(),
    Wire(),
    Style(),
    SelfReport(),
    Cutoff(),
    Refusal(),
    Sensitivity(),
    OneToken(),
    Metadata(),
    Constancy(),
)
"""In the order of a report. A new one is a file in signals/ and a line here."""


def judge(
    seen: Sequence[Observation], known: Library, *, signals: Sequence[Signal] = SIGNALS
) -> Case:
    """What all of the observations say together. Never raises on data.

    Who asked fills in `subject`, what was spent, and when (`structs.replace`).
    """
    evidence: list[Evidence] = []
    unread: list[str] = []
    for signal in signals:
        try:
            found = signal.weigh(seen, known)
        except Exception as e:  # noqa: BLE001 (a stranger's bytes: one signal's slip is no crash)
            unread.append(f"{signal.name} could not be read ({type(e).__name__}).")
            continue
        if found:
            evidence.append(found)
    told = (finding for each in evidence for finding in each.findings)
    verdict = fuse(evidence, known)
    return Case(
        verdict=verdict,
        evidence=tuple(evidence),
        findings=tuple(dict.fromkeys((*told, *verdict.findings, *unread))),
        observations=len(seen),
        library=known.version,
        version=__version__,
    )
