"""The figures as Markdown, for docs/unmask.md."""

from collections.abc import Iterator, Mapping
from typing import Any

_Figures = Mapping[str, Any]


def printed(figures: _Figures) -> str:
    """All tables."""
    parts = [_routes(figures["routes"]), _style(figures["style"])]
    parts += [_verdicts(name, table) for name, table in figures["verdicts"].items()]
    if "transfer" in figures:
        parts.append(_transfer(figures["transfer"]))
    return "\n\n".join(parts)


def _routes(figures: _Figures) -> str:
    rows = [(what, str(many)) for what, many in figures["told"].items()]
    rest = "; ".join(figures["not told"])
    return _table(("route", "routes"), rows) + (f"\n\nNot told: {rest}." if rest else "")


def _style(figures: _Figures) -> str:
    rows = [
        (answers, _percent(row["lab"]), _percent(row["model"])) for answers, row in figures.items()
    ]
    return _table(("answers", "lab", "model"), rows)


def _verdicts(name: str, table: _Figures) -> str:
    head = (
        *("answers", "whose lab is", "named", "labs alike", "rightly", "“none”", "model"),
        *("wrong model", "“new”", "ECE", "in the set", "its size"),
    )
    return f"{name}\n\n{_table(head, list(_lines(table)))}"


def _lines(table: _Figures) -> Iterator[tuple[str, ...]]:
    for answers, row in table.items():
        if answers == "all":
            continue
        for kind in ("known", "new", "stranger"):
            if kind in row:
                ends = (str(row["ece"]), _percent(row["covered"]), str(row["size"]))
                yield (answers, kind, *_shares(row[kind]), *(ends if kind == "known" else "   "))


def _shares(row: _Figures) -> tuple[str, ...]:
    names = ("named", "named, labs alike", "right of named", "none", "model", "model wrong")
    return tuple(_percent(row[name]) for name in (*names, "said to be new"))


def _transfer(figures: _Figures) -> str:
    rows = [(name, _percent(row["lab"]), _percent(row["model"])) for name, row in figures.items()]
    return _table(("from, to", "lab", "model"), rows)


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f}"


def _table(head: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    lines = [head, ("--:",) * len(head), *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)
