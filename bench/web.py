"""How fast are the pages when a million generations are known? Every page, found by its links.

    python bench/web.py [--generations 1e6] [--data /tmp/darkhorse-web] [--seed 1] [--json]

A data directory is made with a month of traffic (12 listings, 400 apps, 5,000 keys) and kept for
the next run: facts and traits in bulk by the product's own tallies, launches by its own moves, and
a real journal of the newest 2,000 generations. Then the product is started as `scripts/up` starts
it, and a visitor without scripts goes from `/` wherever links and forms lead, on the public side
and on the operator's desk. Each address is timed: its first request, and thirty more one by one.
Lists to take away (.csv, .json) are timed too, and held to no limit.
A table goes to stderr; the last line of stdout is one JSON object.
"""

import argparse
import contextlib
import json
import sys
from pathlib import Path
from typing import Any

import httpx
from msgspec import structs
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from visiting.links import WORD
from visiting.making import Recipe, made
from visiting.serving import running
from visiting.visitor import Browser, Visit

LIMITS_MS = {"public": 50.0, "desk": 300.0}
_OK = (200, 303)


def main() -> None:
    options = _options()
    console = Console(stderr=True, quiet=options.json)
    recipe = Recipe(int(options.generations), options.seed)
    visits: list[Visit] = []
    try:
        _make(options.data, recipe, console)
        _measure(options.data, console, visits)
    except KeyboardInterrupt:
        print("Interrupted: what was measured until then.", file=sys.stderr)
    console.print(_table(visits))
    print(json.dumps(_told(visits, recipe)))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--generations", type=float, default=1e6)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--data",
        type=Path,
        default=Path("/tmp/darkhorse-web"),
        help="made, or used again within half an hour [/tmp/darkhorse-web]",
    )
    parser.add_argument("--json", action="store_true", help="nothing but the last line")
    return parser.parse_args()


def _make(data: Path, recipe: Recipe, console: Console) -> None:
    columns = TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn()
    bar = Progress(*columns, TimeElapsedColumn(), console=console)
    with bar:
        task = bar.add_task("generations", total=recipe.generations)
        if not made(data, recipe, lambda done: bar.update(task, completed=done)):
            bar.update(task, description="kept", completed=recipe.generations)


def _measure(data: Path, console: Console, visits: list[Visit]) -> None:
    with running(data) as card, console.status("starting") as status:
        for side in LIMITS_MS:
            with contextlib.suppress(_NoSide), contextlib.closing(_browser(side, card)) as browser:
                for visit in browser.visits(side, lambda at: status.update(f"asking {at}")):
                    visits.append(visit)  # noqa: PERF402 (what there is counts, wherever it ends)


class _NoSide(Exception):
    """There is nobody to ask."""


def _browser(side: str, card: dict[str, Any]) -> Browser:
    """Signed in, where one must be. Raises _NoSide."""
    if side == "public":
        return Browser(card["url"])
    browser = Browser(card.get("desk", ""))
    try:
        browser.sign_in(card["management_key"])
    except httpx.HTTPError as e:
        print(f"The desk could not be entered ({e!r}): its pages are missing.", file=sys.stderr)
        raise _NoSide from None
    return browser


def _over(visit: Visit) -> bool:
    return not visit.is_file and max(visit.cold_ms, visit.p95_ms) > LIMITS_MS[visit.side]


def _is_broken(visit: Visit) -> bool:
    """A form that looks for one thing does not find what the visitor types."""
    return visit.status not in _OK and not (visit.status == 404 and WORD in visit.address)


def _table(visits: list[Visit]) -> Table:
    table = Table("page", "status", "KB", "first ms", "p50 ms", "p95 ms", title="Pages by p95")
    for visit in sorted(visits, key=lambda each: (each.side, -each.p95_ms)):
        mark = "[red]" if _over(visit) or _is_broken(visit) else ""
        figures = (visit.status, visit.kb, visit.cold_ms, visit.p50_ms, visit.p95_ms)
        table.add_row(f"{mark}{visit.side} {visit.address[:90]}", *(f"{mark}{n}" for n in figures))
    return table


def _told(visits: list[Visit], recipe: Recipe) -> dict[str, Any]:
    pages = [visit for visit in visits if not visit.is_file]
    sides = {side: [each for each in pages if each.side == side] for side in LIMITS_MS}
    return {
        "generations": recipe.generations,
        "pages": [structs.asdict(visit) for visit in visits],
        "over": [visit.address for visit in visits if _over(visit)],
        "broken": [visit.address for visit in visits if _is_broken(visit)],
        "worst": {
            side: {
                "first_ms": max(each.cold_ms for each in found),
                "p50_ms": max(each.p50_ms for each in found),
                "p95_ms": max(each.p95_ms for each in found),
            }
            for side, found in sides.items()
            if found
        },
    }


if __name__ == "__main__":
    main()
