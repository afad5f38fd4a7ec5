"""What `darkhorse unmask` shows: the verdict, who it may be, an exhibit a line, what is next."""

from collections.abc import Mapping, Sequence
from pathlib import Path

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from darkhorse.attribution.evidence import Evidence
from darkhorse.attribution.report.drawing import percent
from darkhorse.attribution.report.words import (
    LEVELS,
    how_sure,
    in_order,
    next_step,
    set_sentence,
    speaks_for,
)
from darkhorse.attribution.verdict import Case, Outcome, Verdict
from darkhorse.base.plain import plain

__all__ = ["print_case", "print_table"]

_WIDE = 160  # columns where the output is no terminal
_MOST_LABS = 8
_MOST_TEXT = 400
_MOST_CHANGES = 4
_BAR = 20
_COLOURS: Mapping[Outcome, str] = {
    "model": "bold green",
    "family": "bold green",
    "lab": "bold green",
    "none": "bold yellow",
    "cannot-say": "bold",
}


def print_case(case: Case, report: Path | None = None) -> None:
    """The whole of it on stdout; `report` is the page's path, where one was written."""
    console = _console()
    verdict = case.verdict
    console.print(Text(_cut(verdict.says), style=_COLOURS[verdict.outcome]))
    console.print(_lines(verdict))
    console.print(Padding(_posterior(verdict), (1, 0)))
    for sentence in filter(None, (set_sentence(verdict), how_sure(verdict))):
        console.print(Text(_cut(sentence)))
    if case.evidence:
        console.print(Padding(_exhibits(case.evidence), (1, 0)))
    for finding in case.findings:
        console.print(Text(f"! {_cut(finding)}", style="yellow"))
    _print_end(console, case, report)


def print_table(cases: Sequence[Case]) -> None:
    """A line a case, by its subject."""
    table = Table("of", "level", "verdict", "likeliest lab", "answers", box=None)
    table.columns[0].overflow = "fold"
    for case in cases:
        verdict = case.verdict
        table.add_row(
            Text(_cut(case.subject, 80)),
            Text(LEVELS[verdict.outcome], style=_COLOURS[verdict.outcome]),
            Text(_cut(verdict.says)),
            Text(_likeliest(verdict)),
            f"{case.observations:,}",
        )
    _console().print(table)


def _console() -> Console:
    console = Console(highlight=False)
    if not console.is_terminal:
        console.width = _WIDE
    return console


def _lines(verdict: Verdict) -> Table:
    table = Table.grid(padding=(0, 2))
    level = f"{LEVELS[verdict.outcome]}{', a model the library lacks' if verdict.is_new else ''}"
    lines = {
        "level": level,
        "made by": verdict.made_by,
        "writes like": verdict.writes_like,
        "why": verdict.why,
    }
    for name, told in lines.items():
        if told:
            table.add_row(Text(name, style="dim"), Text(_cut(told)))
    return table


def _posterior(verdict: Verdict) -> Table:
    table = Table("lab", "posterior", "", "90 % set", box=None)
    for name, share in list(verdict.posterior.items())[:_MOST_LABS]:
        bar = "█" * round(_BAR * min(max(share, 0.0), 1.0)) if share == share else ""  # noqa: PLR0124 no number is not equal to itself
        table.add_row(
            Text(_cut(name, 40)), percent(share), bar, "in" if name in verdict.within else ""
        )
    left = len(verdict.posterior) - _MOST_LABS
    if left > 0:
        rest = sum(list(verdict.posterior.values())[_MOST_LABS:])
        table.add_row(f"{left} others", percent(rest), "", "")
    return table


def _exhibits(found: Sequence[Evidence]) -> Table:
    table = Table("exhibit", "", "what it says", "speaks for", box=None)
    for each in in_order(found):
        says = f"broken: {each.broken}" if each.broken else each.exhibit.says
        table.add_row(
            Text(_cut(each.exhibit.title or each.signal, 40)),
            Text(each.reliability, style="dim"),
            Text(_cut(says)),
            Text(_cut("\n".join(speaks_for(each)))),
        )
    return table


def _print_end(console: Console, case: Case, report: Path | None) -> None:
    spent = f"{case.calls:,} calls, {case.tokens:,} tokens, {case.seconds:.0f} s; "
    read = f"{case.observations:,} answers read; {spent if case.calls else ''}"
    read += f"library {case.library or 'without a version'}."
    console.print(Text(_cut(read), style="dim"))
    if report:
        console.print(Text(f"Report: {report}"))
    for change in case.verdict.would_change[:_MOST_CHANGES]:
        console.print(Text(f"Would change it: {_cut(change)}"))
    console.print(Text(f"Next: {next_step(case.verdict)}"))


def _likeliest(verdict: Verdict) -> str:
    name, share = next(iter(verdict.posterior.items()), ("", 0.0))
    return f"{_cut(name, 40)} {percent(share)}" if name else ""


def _cut(text: str, most: int = _MOST_TEXT) -> str:
    """Harmless on a terminal, halves of characters too, and no longer than this."""
    shown = plain(text).encode("utf-8", "replace").decode()
    return shown if len(shown) <= most else f"{shown[:most]}…"
