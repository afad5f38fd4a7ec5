"""Template intercepts: what is charged around "hi", for a system message, and for a turn.

Models that share a vocabulary differ in their chat templates: harmony from plain o200k chat,
DeepSeek V3 from V3.2 and V4, GLM-4.5 from 4.7 (attribution.md 2.4). A system prompt that somebody
adds changes the first number only. It vetoes nobody: any server may have a template of its own.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence

from darkhorse.attribution.client.asking import Ask, Message, ask
from darkhorse.attribution.evidence import Evidence, Exhibit, Likelihoods
from darkhorse.attribution.library.library import Library
from darkhorse.attribution.observation import Observation
from darkhorse.attribution.signal import Budget, Probe
from darkhorse.attribution.templates.overheads import Overheads, fits, nats_of, nats_of_any
from darkhorse.attribution.templates.table import GATEWAYS, TEMPLATES, template_of
from darkhorse.base.chance import Draw

__all__ = ["Template"]

_HI = "hi"
_TURNS = (Message(text=_HI), Message(role="assistant", text=_HI), Message(text=_HI))
_SHAPES: Mapping[str, Ask] = {
    "hi": ask(_HI, limit=1),
    "system": ask(_HI, system=_HI, limit=1),
    "turn": Ask(messages=_TURNS, limit=1),
}
_TWO = Ask(messages=(*_TURNS, *_TURNS[1:]), limit=1)
_ROLES = {
    ("user",): "hi",
    ("system", "user"): "system",
    ("user", "assistant", "user"): "turn",
    ("user", "assistant", "user", "assistant", "user"): "two turns",
}
_LARGEST = 100_000  # a charge of "hi" above it is no charge


class Template:
    """Three or four prompts of "hi"."""

    name = "template"

    def probes(self, budget: Budget, draw: Draw, known: Library) -> Sequence[Probe]:  # noqa: ARG002 the contract's
        """One token of answer each."""
        shapes = _SHAPES if budget == "quick" else {**_SHAPES, "two-turns": _TWO}
        return [
            Probe(name=f"{self.name}/{name}", ask=each, about_tokens=16)
            for name, each in shapes.items()
        ]

    def weigh(self, seen: Sequence[Observation], known: Library) -> Evidence | None:
        """Which templates add so much."""
        charges = _charges(seen)
        overheads = _overheads(charges)
        if overheads.system is None and overheads.turn is None:
            return None
        if len(set(charges.values())) == 1:
            says = f"Says nothing: every prompt is charged {charges['hi']} tokens."
            exhibit = Exhibit(title="Chat template", says=says)
            return Evidence(signal=self.name, reliability="exact", exhibit=exhibit)
        return Evidence(
            signal=self.name,
            reliability="exact",
            exhibit=_exhibit(charges, overheads),
            likelihoods=_likelihoods(overheads, known),
            observations=len(charges),
        )


def _charges(seen: Iterable[Observation]) -> Mapping[str, int]:
    """Shape → charge: the most frequent, of the provider that answered most shapes."""
    found: dict[str, dict[str, list[int]]] = defaultdict(lambda: defaultdict(list))
    for each in seen:
        shape = _shape(each)
        charged = each.prompt_tokens
        if shape and each.ok and charged is not None and charged < _LARGEST:
            found[each.provider][shape].append(charged)
    if not found:
        return {}
    provider = max(sorted(found), key=lambda name: len(found[name]))
    return {
        shape: Counter(sorted(charges)).most_common(1)[0][0]
        for shape, charges in found[provider].items()
    }


def _shape(seen: Observation) -> str:
    if not seen.prompt or any(turn.text != _HI for turn in seen.prompt) or "tools" in seen.asked:
        return ""
    return _ROLES.get(tuple(turn.role for turn in seen.prompt), "")


def _overheads(charges: Mapping[str, int]) -> Overheads:
    base = charges.get("hi")
    if base is None:
        return Overheads()
    added = {shape: charge - base for shape, charge in charges.items()}
    turn = added.get("turn")
    return Overheads(around=base - 1, system=added.get("system"), turn=turn)


def _likelihoods(seen: Overheads, known: Library) -> tuple[Likelihoods, ...]:
    families = {each.family for each in TEMPLATES} | set(known.counts.vocabularies)
    nats = {
        family: nats_of(seen, [each for each in TEMPLATES if each.family == family])
        for family in sorted(families)
    }
    other = nats_of_any(seen)
    models = {
        model.name: nats_of(seen, templates)
        for model in known.models
        if (templates := template_of(model.name, model.family))
    }
    levels = (Likelihoods(level="family", nats=nats, other=other),)
    return (*levels, Likelihoods(level="model", nats=models, other=other)) if models else levels


def _exhibit(charges: Mapping[str, int], seen: Overheads) -> Exhibit:
    base = seen.around or 0
    found = [t for t in TEMPLATES if fits(seen, t) and base >= min(t.around, default=0)]
    exact = [t for t in found if base in t.around]
    titles = dict.fromkeys(each.title for each in exact or found)
    numbers = (seen.around, seen.system, seen.turn)
    gateways = [name for name, row in GATEWAYS.items() if row == numbers]
    rows = tuple((shape, str(charge)) for shape, charge in charges.items())
    return Exhibit(
        title="Chat template",
        says=_says(seen) + _whose(list(titles), gateways, is_longer=bool(found) and not exact),
        head=("prompt", "charged, tokens"),
        rows=rows,
        against=_uneven(charges),
        would_change="A gateway that counts anew, or a server with a template of its own.",
    )


def _says(seen: Overheads) -> str:
    parts = [f'"hi" costs {seen.around} tokens beside its own']
    if seen.system is not None:
        parts.append(f"a system message adds {seen.system}")
    if seen.turn is not None:
        parts.append(f"a turn adds {seen.turn}")
    return ", ".join(parts)


def _whose(titles: Sequence[str], gateways: Sequence[str], *, is_longer: bool) -> str:
    told = [f"as the template of {' or '.join(titles)} does"] if titles else []
    told += [f"as {each}" for each in gateways]
    if not told:
        return ": no template that we know."
    injected = ", behind a system prompt that somebody adds" if is_longer and titles else ""
    return f": {'; also '.join(told)}{injected}."


def _uneven(charges: Mapping[str, int]) -> str:
    """Said where a second turn does not cost what the first did."""
    if not {"hi", "turn", "two turns"} <= charges.keys():
        return ""
    first = charges["turn"] - charges["hi"]
    second = charges["two turns"] - charges["turn"]
    if first == second:
        return ""
    return f"A first turn costs {first} and a second {second}: templates charge them alike."
