"""What the page shows of a case, cut to what a page can hold; case.json has all of it."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime

from markupsafe import escape
from msgspec import Struct, structs

from darkhorse.attribution.evidence import Evidence, Exhibit
from darkhorse.attribution.library.library import Library, Source
from darkhorse.attribution.report.drawing import Chart, chart_of, shares
from darkhorse.attribution.report.paper import environment
from darkhorse.attribution.report.words import (
    LEVELS,
    RELIABILITIES,
    TWO_LINES,
    how_sure,
    in_order,
    meaning,
    next_step,
    set_sentence,
    speaks_for,
)
from darkhorse.attribution.verdict import NOBODY, Case, Verdict

__all__ = ["ExhibitCard", "exhibit_cards", "page_of", "verdict_charts"]

_MOST_BYTES = 180_000  # of what others said, escaped; the page around it is small
_MOST_TEXT, _MOST_CELL = 2_000, 300
_MOST_EXHIBITS, _MOST_ROWS, _MOST_COLUMNS = 40, 60, 12
_MOST_LABS = 12
_MOST_LABEL = 80
_MOST_FINDINGS, _MOST_SOURCES = 40, 60


class ExhibitCard(Struct, frozen=True, kw_only=True):
    """One signal's exhibit, cut to size."""

    anchor: str
    title: str
    reliability: str
    reliability_told: str
    says: str
    speaks: tuple[str, ...]
    vetoed: tuple[str, ...]
    broken: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    left_out: int  # rows
    against: str
    would_change: str
    chart: Chart | None


class _Room:
    """How much more of strangers' words a page takes."""

    def __init__(self, most_bytes: int = _MOST_BYTES) -> None:
        self._left = most_bytes

    def cut(self, text: str, most: int = _MOST_TEXT) -> str:
        """As much of it as there is room for."""
        shown = text if len(text) <= most else f"{text[:most]}…"
        self._left -= len(str(escape(shown)).encode("utf-8", "replace"))
        return shown if self._left > 0 else "…"

    @property
    def is_full(self) -> bool:
        return self._left <= 0


def page_of(case: Case, known: Library | None = None) -> str:
    """The page, under 300 KB whatever the case holds. The same case gives the same page."""
    room = _Room()
    verdict = case.verdict
    findings = case.findings or tuple(each for one in case.evidence for each in one.findings)
    template = environment().get_template("report.html")
    return template.render(
        case=case,
        verdict=verdict,
        says=room.cut(verdict.says),
        level=LEVELS[verdict.outcome],
        meaning=meaning(verdict),
        two_lines=TWO_LINES,
        made_by=room.cut(verdict.made_by),
        writes_like=room.cut(verdict.writes_like),
        why=room.cut(verdict.why),
        how_sure=how_sure(verdict),
        within=room.cut(set_sentence(verdict)),
        would_change=[room.cut(each) for each in _distinct(verdict.would_change)],
        next_step=next_step(verdict),
        charts=verdict_charts(verdict, known),
        findings=[room.cut(each) for each in _distinct(findings)],
        cards=exhibit_cards(case.evidence, room),
        sources=_sources(known, room),
        subject=room.cut(case.subject, _MOST_CELL),
        at=_moment(case.at),
        nobody=NOBODY,
    )


def exhibit_cards(evidence: Sequence[Evidence], room: _Room | None = None) -> list[ExhibitCard]:
    """As a person reads them, each cut to size."""
    room = room or _Room()
    return [_card(at, each, room) for at, each in enumerate(in_order(evidence)[:_MOST_EXHIBITS])]


def verdict_charts(verdict: Verdict, known: Library | None = None) -> list[Chart]:
    """Posterior, models and style, as far as there are any."""
    titles = {lab.name: lab.title for lab in known.labs} if known else {}
    within = set(verdict.within)
    posterior = [
        (_titled(name, titles), share, _kind(name, within))
        for name, share in list(verdict.posterior.items())[:_MOST_LABS]
    ]
    rest = list(verdict.posterior.values())[_MOST_LABS:]
    if rest:
        posterior.append((f"{len(rest)} others together", sum(rest), ""))
    charts = [
        shares("Who made it, all evidence together", posterior),
        shares("Which model, all evidence together", _few(verdict.models, {})),
        shares("Who it writes like, by style alone", _few(verdict.style, titles)),
        shares("Which model it writes like, by style alone", _few(verdict.style_models, {})),
    ]
    return [chart for chart in charts if chart.bars]


def _few(found: Mapping[str, float], titles: Mapping[str, str]) -> list[tuple[str, float, str]]:
    likeliest = list(found.items())[:_MOST_LABS]
    return [(_titled(name, titles), share, "") for name, share in likeliest]


def _titled(name: str, titles: Mapping[str, str]) -> str:
    """`qwen`, or `Alibaba (qwen)` where its title says more."""
    title = titles.get(name, name)
    label = name if title.casefold() == name.casefold() else f"{title} ({name})"
    return label[:_MOST_LABEL]


def _kind(name: str, within: set[str]) -> str:
    return " ".join(
        kind for kind, is_so in (("inside", name in within), ("stranger", name == NOBODY)) if is_so
    )


def _card(at: int, evidence: Evidence, room: _Room) -> ExhibitCard:
    exhibit = evidence.exhibit
    head = tuple(room.cut(each, _MOST_CELL) for each in exhibit.head[:_MOST_COLUMNS])
    rows = _rows(exhibit, room)
    return ExhibitCard(
        anchor=f"exhibit-{at + 1}",
        title=room.cut(exhibit.title or evidence.signal, _MOST_CELL),
        reliability=evidence.reliability,
        reliability_told=RELIABILITIES[evidence.reliability],
        says=room.cut(exhibit.says),
        speaks=tuple(room.cut(each) for each in speaks_for(evidence)),
        vetoed=tuple(room.cut(f"{level} {name}", _MOST_CELL) for level, name in evidence.vetoed)[
            :_MOST_ROWS
        ],
        broken=room.cut(evidence.broken),
        head=head,
        rows=rows,
        left_out=len(exhibit.rows) - len(rows),
        against=room.cut(exhibit.against),
        would_change=room.cut(exhibit.would_change),
        chart=_chart(exhibit, room),
    )


def _rows(exhibit: Exhibit, room: _Room) -> tuple[tuple[str, ...], ...]:
    rows = []
    for row in exhibit.rows[:_MOST_ROWS]:
        if room.is_full:
            break
        rows.append(tuple(room.cut(each, _MOST_CELL) for each in row[:_MOST_COLUMNS]))
    return tuple(rows)


def _chart(exhibit: Exhibit, room: _Room) -> Chart | None:
    if exhibit.plot is None or room.is_full:
        return None
    chart = chart_of(exhibit.plot)
    if chart is None:
        return None
    return structs.replace(
        chart,
        title=room.cut(chart.title, _MOST_LABEL),
        unit=room.cut(chart.unit, _MOST_LABEL),
        bars=tuple(
            structs.replace(bar, label=room.cut(bar.label, _MOST_LABEL)) for bar in chart.bars
        ),
    )


def _sources(known: Library | None, room: _Room) -> list[Source]:
    return [] if known is None or room.is_full else list(known.sources[:_MOST_SOURCES])


def _distinct(texts: Sequence[str]) -> list[str]:
    return list(dict.fromkeys(filter(None, texts)))[:_MOST_FINDINGS]


def _moment(seconds: int) -> str:
    """Empty where nobody noted it, or no calendar has it."""
    try:
        return f"{datetime.fromtimestamp(seconds, UTC):%Y-%m-%d %H:%M:%S} UTC" if seconds else ""
    except (ValueError, OverflowError, OSError):
        return ""
