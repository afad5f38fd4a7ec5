"""What it declines, and with which words.

Weak: refusals are tuned from month to month and follow the system message. The first words of a
refusal are nearly fixed for a model, and shared within a lab.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from msgspec import Struct

from darkhorse.attribution.asked.requests import REQUESTS, Request
from darkhorse.attribution.client.asking import ask
from darkhorse.attribution.evidence import Evidence, Exhibit, Plot
from darkhorse.attribution.heard.quoting import quoted
from darkhorse.attribution.heard.refusals import opener, refuses
from darkhorse.attribution.heard.weighing import by_lab, held, tallied
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.observation import Observation
from darkhorse.attribution.signal import Budget, Probe
from darkhorse.base.chance import Draw

__all__ = ["OPENER", "Refusal", "declined"]

OPENER = "refusal/opener"
_MANY: Mapping[Budget, int] = {"quick": 1, "standard": 8, "deep": len(REQUESTS)}
_LIMIT = 400
_TOKENS = 180
_SHOWN = 20
_FILTERED = frozenset({"content_filter", "refusal", "safety"})
_BY_TEXT = {request.text: request for request in REQUESTS}


class _Reaction(Struct, frozen=True):
    """To one question; no request: to ordinary traffic."""

    request: Request | None
    declines: bool
    begins: str  # the words it declines with
    said: str


class Refusal:
    """Asks for small things that some decline; weak."""

    name = "refusal"

    def probes(self, budget: Budget, draw: Draw, known: Library) -> Sequence[Probe]:  # noqa: ARG002 (the contract's)
        """The most telling first; which of them is drawn where there is room for one."""
        many = _MANY[budget]
        taken = [REQUESTS[int(draw() * 4)]] if many == 1 else REQUESTS[:many]
        return [
            Probe(
                name=f"{self.name}/{each.id}-{each.language}",
                ask=ask(each.text, limit=_LIMIT),
                about_tokens=_TOKENS,
            )
            for each in taken
        ]

    def weigh(self, seen: Sequence[Observation], known: Library) -> Evidence | None:
        """Which labs' models decline this, and so."""
        found = [made for each in seen if (made := _reaction(each))]
        if not any(each.request or each.declines for each in found):
            return None
        nats = by_lab(_nats(found, known), known)
        return Evidence(
            signal=self.name,
            reliability="weak",
            likelihoods=(held("lab", nats),) if nats else (),
            exhibit=_exhibit(found, nats),
        )


def declined(seen: Observation) -> Iterator[tuple[str, str]]:
    """For tallies: how each request of ours fared, and the words of any refusal."""
    made = _reaction(seen)
    if made and made.request:
        yield _question(made.request), _outcome(made)
    if made and made.begins:
        yield OPENER, made.begins


def _reaction(seen: Observation) -> _Reaction | None:
    """None where nothing came."""
    filtered = seen.finish in _FILTERED or seen.native_finish in _FILTERED
    if not seen.ok or not (seen.text.strip() or filtered):
        return None
    spoke = refuses(seen.text)
    request = _BY_TEXT.get(seen.question)
    return _Reaction(
        request, spoke or filtered, opener(seen.text) if spoke else "", quoted(seen.text)
    )


def _nats(found: Sequence[_Reaction], known: Library) -> dict[str, float]:
    """Of models with tallies: their openers, and how they took the same requests."""
    tallies = known.behaviour.tallies
    openers = [each.begins for each in found if each.begins]
    parts = [tallied(tallies.get(OPENER, {}), openers)]
    parts += [
        tallied(tallies.get(_question(each.request), {}), [_outcome(each)])
        for each in found
        if each.request
    ]
    nats: dict[str, float] = {}
    for part in parts:
        for model, value in part.items():
            nats[model] = nats.get(model, 0.0) + value
    return nats


def _question(request: Request) -> str:
    return f"refusal/{request.id}-{request.language}"


def _outcome(reaction: _Reaction) -> str:
    return "declines" if reaction.declines else "does it"


def _exhibit(found: Sequence[_Reaction], nats: Mapping[str, float]) -> Exhibit:
    shown = sorted(found, key=lambda each: (each.request is None, not each.declines))
    rows = [_row(each) for each in shown if each.request or each.declines]
    openers = Counter(each.begins for each in found if each.begins).most_common(6)
    bars = tuple((quoted(begins, 40), float(times)) for begins, times in openers)
    return Exhibit(
        title="Refusals",
        says=_says(found),
        head=("Asked", "Language", "Outcome", "Answer"),
        rows=tuple(dict.fromkeys(rows))[:_SHOWN],
        against=_against(nats),
        would_change="A system message, or next month's tuning.",
        plot=Plot(title="How refusals begin", unit="answers", bars=bars) if bars else None,
    )


def _says(found: Sequence[_Reaction]) -> str:
    ours = [each for each in found if each.request]
    others = len(found) - len(ours)
    parts = []
    if ours:
        parts.append(f"It declined {sum(each.declines for each in ours)} of {len(ours)} requests")
    if others:
        declined = sum(each.declines for each in found if not each.request)
        parts.append(f"{declined} of {others} ordinary answers are refusals")
    usual = Counter(each.begins for each in found if each.begins).most_common(1)
    begins = f" Most begin with “{quoted(usual[0][0], 60)}”." if usual else ""
    return f"{'; '.join(parts)}.{begins}"


def _against(nats: Mapping[str, float]) -> str:
    """Labs whose models decline otherwise."""
    away = sorted((value, lab) for lab, value in nats.items() if value < 0)[:3]
    return f"Not so: {', '.join(lab for _, lab in away)}." if away else ""


def _row(reaction: _Reaction) -> tuple[str, ...]:
    request = reaction.request
    asked = request.id if request else "ordinary traffic"
    language = request.language if request else "-"
    return asked, language, _outcome(reaction), reaction.said
