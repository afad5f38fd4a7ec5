"""The duel: what unmask says of one model raw, behind plain gateways, and behind our cloak.

    python bench/duel.py [--budget deep] [--write]

A scripted model counts, cuts and streams as a real tokenizer does. All that two runs would ask is
asked at each door; judged is all but what the model says of itself and how it writes, which a
scripted text cannot stand for. `--write` keeps the figures for docs/anonymity.md. A table goes to
stderr; the last line of stdout is JSON.
"""

import argparse
import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import msgspec
from rich.console import Console
from rich.progress import Progress
from rich.table import Table

from darkhorse.attribution.client.door import Door
from darkhorse.attribution.judging import SIGNALS, judge
from darkhorse.attribution.library.shipped import shipped
from darkhorse.attribution.measured import measured
from darkhorse.attribution.plan import Bounds, planned
from darkhorse.attribution.verdict import NOBODY
from darkhorse.audit.attacks.together import SPOKEN, ask_probe, bits_between, moved_between
from darkhorse.base.chance import seeded_draw
from darkhorse.base.clock import SystemClock
from darkhorse.base.secret import Secret
from darkhorse.launches import file
from darkhorse.supervise.rehearsal import rehearse
from darkhorse.upstream.scripted import serve
from darkhorse.upstream.scripted.measured import Measured
from darkhorse.wiring.config import Config

FIGURES = Path(__file__).parents[1] / "docs" / "duel.json"
MODELS = ("DeepSeek V3, R1, V4", "Qwen 2 to 3", "Claude 3 to 4.6", "GPT-4o and later (o200k)")
GATEWAYS = {"raw": "", "behind a gateway": "wrapped", "behind one that counts anew": "recount"}
CLOAKED = "behind our cloak"
SEEDS = (11, 12)  # of two runs, judged as one
LAUNCH = """
[public]
slug = "duel/model"
title = "A model"
context = 200_000
max_output = 100_000
[private]
maker = "Nobody At All"
model = "Duellist-1"
[[private.endpoint]]
name = "engine"
url = "{url}"
model = "{model}"
"""


async def asked(door: Door, probes, tick) -> list:
    """Every probe, as an audit asks it."""

    async def one(probe):
        seen, _ = await ask_probe(door, probe)
        tick()
        return seen

    return await asyncio.gather(*(one(probe) for probe in probes))


def told(seen) -> dict:
    """The verdict of all but what it says, against the prior."""
    known = shipped()
    silent = [signal for signal in SIGNALS if signal.name not in SPOKEN]
    case = judge(seen, known, signals=silent)
    before, after = judge((), known).verdict.posterior, case.verdict.posterior
    first = next(iter(after))
    return {
        "calls": len(seen),
        "answered": sum(each.ok for each in seen),
        "outcome": case.verdict.outcome,
        "says": case.verdict.says,
        "family": case.verdict.family,
        "first": "nobody known" if first == NOBODY else first,
        "share": round(after[first], 4),
        "moved": round(moved_between(before, after), 4),
        "bits": round(abs(bits_between(before, after)), 3),
    }


async def doors(vocabulary: str, scripted: str, clock) -> Iterator[tuple[str, Door]]:
    """Each door to a model of this vocabulary, open as long as it is asked."""
    names = {name: f"veiled?of={quote(vocabulary)}&behind={way}" for name, way in GATEWAYS.items()}
    for name, model in names.items():
        yield name, Door("raw", scripted, Secret(""), model, clock=clock)
    text = LAUNCH.format(url=scripted, model=names["raw"])
    definition = file.parse(text, "the duel").definition
    async with rehearse(definition, Config(), clock, facts={}) as live:
        yield CLOAKED, Door("public", f"{live.url}/api/v1", live.key, "duel/model", clock=clock)


async def duel(budget: str, *, quiet: bool) -> list[dict]:
    clock, known = SystemClock(), shipped()
    tables = msgspec.convert(measured(known), Measured)
    room = Bounds(2000, 4_000_000)
    plans = [planned(SIGNALS, budget, seeded_draw(seed), known, room) for seed in SEEDS]
    probes = [probe for plan in plans for probe in plan.probes]
    server = await serve(measured=tables)
    found = []
    with Progress(console=Console(stderr=True), disable=quiet) as progress:
        task = progress.add_task("duel", total=len(MODELS) * (len(GATEWAYS) + 1) * len(probes))
        for vocabulary in MODELS:
            async for name, door in doors(vocabulary, server.url, clock):
                seen = await asked(door, probes, lambda: progress.advance(task))
                found.append({"model": vocabulary, "door": name, **told(seen)})
    await server.close()
    return found


def table(rows: list[dict]) -> Table:
    shown = Table("tokenizer", "door", "calls", "unmask says", "first", "bits", box=None)
    for row in rows:
        first = f"{row['first']} {row['share']:.0%}"
        said = f"{row['outcome']} {row['family']}".strip()
        shown.add_row(
            row["model"], row["door"], str(row["calls"]), said, first, f"{row['bits']:.3f}"
        )
    return shown


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--budget", default="deep", choices=["quick", "standard", "deep"])
    parser.add_argument("--write", action="store_true")
    parser.add_argument("--quiet", action="store_true")
    chosen = parser.parse_args()
    rows = asyncio.run(duel(chosen.budget, quiet=chosen.quiet))
    figures = {"budget": chosen.budget, "library": shipped().version, "rows": rows}
    if chosen.write:
        FIGURES.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")
    Console(stderr=True, width=160).print(table(rows))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
