"""The exhibit of prompt tokens: what was asked, what it was charged, and who counts so."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence

from msgspec import Struct

from darkhorse.attribution.counting.items import Item
from darkhorse.attribution.counting.reading import Reading, Way
from darkhorse.attribution.evidence import Exhibit, Plot
from darkhorse.attribution.library.families import is_neutral

__all__ = ["Fit", "exhibit_of", "findings_of", "fits_of"]

_ROWS = 12
_WIDTH = 48  # characters of a prompt that are shown
_BARS = 6
_SURE = 3.0  # nats before the next way, for a finding
_MOST_OF = 0.85  # of the charges, that gateways' own vocabularies have to explain for one
_NEAR = 3  # tokens, over all prompts, below which another vocabulary may well be meant


class Fit(Struct, frozen=True, kw_only=True):
    """How much of the charges a vocabulary explains with one constant a group."""

    family: str
    hits: int
    constants: Mapping[str, int]  # group → what the template adds

    def off(self, item: Item) -> int | None:
        """By how much a charge differs from its count; None where it has none."""
        tokens = item.tokens.get(self.family)
        constant = self.constants.get(item.group)
        return None if tokens is None or constant is None else item.charged - tokens - constant


def fits_of(reading: Reading) -> list[Fit]:
    """Of all vocabularies, the best first; those equally good in the order of likelihood."""
    found = [_fit(reading.items, name) for name in reading.families]
    return sorted(found, key=lambda fit: (-fit.hits, -reading.families[fit.family], fit.family))


def _fit(items: Sequence[Item], family: str) -> Fit:
    groups: dict[str, Counter[int]] = defaultdict(Counter)
    for each in items:
        if family in each.tokens:
            groups[each.group][each.charged - each.tokens[family]] += 1
    common = {group: found.most_common(1)[0] for group, found in groups.items()}
    return Fit(
        family=family,
        hits=sum(times for _, times in common.values()),
        constants={group: value for group, (value, _) in common.items()},
    )


def exhibit_of(readings: Sequence[Reading]) -> Exhibit:
    """Of the provider with most charges; of the others a sentence each."""
    first, *others = sorted(readings, key=lambda each: (-len(each.items), each.provider))
    fits = fits_of(first)
    best, next_best = _shown(first, fits)
    return Exhibit(
        title="Prompt tokens",
        says=" ".join([_says(first, fits), *(_says(each, fits_of(each)) for each in others[:4])]),
        head=("asked", "charged", best.family, "off", next_best.family, "off"),
        rows=tuple(_row(item, best, next_best) for item in _telling(first, best, next_best)),
        against=_against(first, best),
        would_change=f"A prompt that is charged otherwise than {best.family} counts it.",
        plot=_plot(len(first.items), fits),
    )


def _shown(reading: Reading, fits: Sequence[Fit]) -> tuple[Fit, Fit]:
    """The likeliest vocabulary and the best of the others."""
    named = next((way.family for way in reading.ways if way.family), fits[0].family)
    best = next(fit for fit in fits if fit.family == named)
    return best, next((fit for fit in fits if fit.family != named), best)


def _telling(reading: Reading, best: Fit, other: Fit) -> list[Item]:
    """The prompts on which the two differ, then the others."""
    return sorted(reading.items, key=lambda item: best.off(item) == other.off(item))[:_ROWS]


def _row(item: Item, best: Fit, other: Fit) -> tuple[str, ...]:
    asked = item.text if len(item.text) <= _WIDTH else item.text[:_WIDTH] + "…"
    return (_printable(asked), str(item.charged), *_cells(item, best), *_cells(item, other))


def _printable(text: str) -> str:
    """On one line, and no half of a surrogate pair, which no page can show."""
    return repr(text.encode("utf-8", "replace").decode())[1:-1]


def _cells(item: Item, fit: Fit) -> tuple[str, str]:
    off = fit.off(item)
    return ("", "") if off is None else (str(item.charged - off), f"{off:+d}" if off else "0")


def _plot(items: int, fits: Sequence[Fit]) -> Plot:
    bars = tuple((fit.family, 100 * fit.hits / items) for fit in fits[:_BARS])
    return Plot(title="Charges explained by one constant", unit="%", bars=bars)


def _against(reading: Reading, best: Fit) -> str:
    off = [each for item in reading.items if (each := best.off(item))]
    if not off:
        return ""
    return f"{len(off)} of {len(reading.items)} charges are not as {best.family} counts."


def _says(reading: Reading, fits: Sequence[Fit]) -> str:
    way = reading.ways[0]
    by = f" at {reading.provider}" if reading.provider else ""
    return f"{len(reading.items)} prompts{by}: {_explained(way, fits, reading.items)}"


def _explained(way: Way, fits: Sequence[Fit], items: Sequence[Item]) -> str:
    if way.kind == "formula":
        return f"charges are {way.says}, and belong to no vocabulary."
    if way.kind == "noise":
        return "charges follow no vocabulary, and nothing regular."
    if way.kind == "unseen":
        return (
            "no vocabulary that is held explains the charges; the nearest, "
            f"{fits[0].family}, explains {fits[0].hits}. One that nobody holds would."
        )
    fit = next(each for each in fits if each.family == way.family)
    if way.kind == "scaled":
        return f"charges are those of {way.family}, multiplied."
    if way.kind == "rounded":
        return f"charges are those of {way.family}, rounded to steps."
    return _counted(fit, fits, items) + (_doubt(fit.family) if is_neutral(fit.family) else "")


def _is_near(fit: Fit, fits: Sequence[Fit], items: Sequence[Item]) -> bool:
    """Is there a vocabulary that these prompts hardly tell from it? Another unheld one may be."""
    both = (
        [(item.tokens[fit.family], item.tokens[other.family]) for item in items]
        for other in fits
        if other.family != fit.family
        and all({fit.family, other.family} <= item.tokens.keys() for item in items)
    )
    return any(sum(abs(one - another) for one, another in pairs) < _NEAR for pairs in both)


def _counted(fit: Fit, fits: Sequence[Fit], items: Sequence[Item]) -> str:
    near = ", or one that differs in few strings," if _is_near(fit, fits, items) else ""
    constants = sorted(set(fit.constants.values()))
    plus = " or ".join(map(str, constants[:3]))
    like = [each for each in fits if each.family != fit.family]
    said = (
        f"{fit.hits} are charged what {fit.family} counts{near or ','} and {plus} for the template"
    )
    if not like:
        return f"{said}."
    return f"{said}; the next, {like[0].family}, explains {like[0].hits}."


def _doubt(family: str) -> str:
    return f" Gateways count with {family} too, so this names nobody by itself."


def findings_of(readings: Sequence[Reading]) -> list[str]:
    """What is known of the counts themselves, whoever answers."""
    return [said for each in readings if (said := _finding(each))]


def _finding(reading: Reading) -> str:
    by = f" at {reading.provider}" if reading.provider else ""
    way = reading.ways[0]
    if way.kind in ("native", "recount") and is_neutral(way.family):
        return _anew(reading, way.family, by)
    if _lead(reading) < _SURE:
        return ""
    if way.kind == "unseen":
        return f"Prompt counts{by} fit no vocabulary that is held."
    if way.kind in ("formula", "scaled", "rounded"):
        words = way.says or f"those of {way.family}, {way.kind}"
        return f"Prompt counts{by} are not the model's own: they are {words}."
    if way.kind == "noise":
        return f"Prompt counts{by} follow nothing regular."
    return ""


def _anew(reading: Reading, family: str, by: str) -> str:
    first, *others = fits_of(reading)
    rivals = any(each.hits == first.hits and not is_neutral(each.family) for each in others)
    clear = first.family == family and not rivals and first.hits >= _MOST_OF * len(reading.items)
    if _lead(reading) < _SURE and not clear:
        return ""
    return (
        f"Prompt counts{by} fit {family}, with which gateways count anew: "
        "they may not be the model's own."
    )


def _lead(reading: Reading) -> float:
    """Nats before the likeliest way of another kind."""
    first = reading.ways[0]
    same = ("native", "recount")
    others = [
        way
        for way in reading.ways
        if way.kind != first.kind
        and not (way.kind in same and first.kind in same and is_neutral(first.family))
    ]
    return first.nats - max((way.nats for way in others), default=-99.0)
