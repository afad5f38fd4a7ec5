"""A launch's first day, replayed: real HTTP against the running product, from the shared trace.

    python bench/first_day.py [--scale 1/200] [--seed 1] [--tokens 40e9|4e9] [--connections 32]

Sessions of the trace (--trace, ../shared/data/traces/agentic-sessions.jsonl.gz) are drawn so that
the whole day is 206,000 requests and 40 B tokens (the stress case) or 4 B (the plausible one);
--scale takes a part of it. Each request repeats exactly what the trace says it repeats, whole
message by whole message; a fifth of the sessions speak the messages dialect, a sixth of the
requests are streamed. Text is prose of a fixed vocabulary of which zstd alone makes 4.6 : 1
(`zstd_alone` says what it makes of this slice). The product is what `scripts/up` starts:
supervisor, relay, keeper, pages. As fast as answers come; nobody thinks, nobody pauses.

Progress goes to stderr; the last line of stdout is one JSON object. --keep DIR leaves the data
there. --profile relay|keeper runs that process under cProfile and leaves relay.prof or keeper.prof.
"""

import argparse
import contextlib
import json
import os
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from fractions import Fraction
from functools import lru_cache
from pathlib import Path
from typing import Any

import uvloop
from day import checking, house, trace
from day.figures import Curve, add_up
from day.plan import Plan, plan
from day.telling import HEAD_BYTES, Client
from day.traffic import Traffic
from rich.console import Console
from rich.progress import BarColumn as Bar
from rich.progress import MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from darkhorse.base.errors import ConfigError
from darkhorse.upstream.scripted.prose import Prose

ROOT = Path(__file__).parents[1]
TRACE = ROOT.parent / "shared" / "data" / "traces" / "agentic-sessions.jsonl.gz"
# The prose's tilt at which zstd 3, a request a row, makes 4.6 : 1; short requests need a higher.
TILTS = {trace.STRESS: 1.443, trace.PLAUSIBLE: 1.538}
_SETTLE_S = 120
_LOOK_S = 0.1


def main() -> None:
    options = _options()
    try:
        copies = trace.day(
            trace.read(options.trace), options.tokens, float(options.scale), options.seed
        )
    except ConfigError as e:
        raise SystemExit(f"Error: {e}") from None
    with contextlib.ExitStack() as stack:
        data = options.keep or Path(
            stack.enter_context(tempfile.TemporaryDirectory(dir=Path.cwd(), prefix="first-day-"))
        )
        try:
            print(json.dumps(measure(copies, data, options)))
        except KeyboardInterrupt:
            raise SystemExit("interrupted; nothing was measured") from None


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--scale", type=Fraction, default=Fraction(1, 200))
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--tokens", type=float, default=trace.STRESS, help="40e9 or 4e9")
    parser.add_argument("--connections", type=int, default=32)
    parser.add_argument("--sample", type=int, default=300, help="generations compared at the end")
    parser.add_argument("--trace", type=Path, default=TRACE)
    parser.add_argument("--keep", type=Path, metavar="DIR", help="an empty directory for the data")
    parser.add_argument("--profile", choices=("relay", "keeper"), default="")
    options = parser.parse_args()
    if options.keep and options.keep.exists() and any(options.keep.iterdir()):
        parser.error(f"{options.keep} is not empty")
    return options


def measure(copies: list[trace.Copy], data: Path, options: argparse.Namespace) -> dict[str, Any]:
    """The whole run: traffic, the keeper's rest, a look at what is there."""
    tilt = TILTS[options.tokens]
    load = round(os.getloadavg()[0], 1)  # of other work on this machine
    requests = sum(len(copy.session.r) for copy in copies)
    zstd = checking.ZstdAlone(max(1, requests // 100))
    with house.running(data, tilt, options.profile) as running, _progress(requests) as step:
        curve = Curve(running, requests)

        def answered() -> None:
            curve.step()
            step()

        clients = ((copy.starts_s, _maker(copy, Prose.usual(tilt))) for copy in copies)
        traffic = Traffic(running.port, running.key, clients, answered, zstd.see)
        uvloop.run(traffic.run(options.connections))
        costs = curve.end()
        lag_s = _settle(data)
        found = checking.look(data, traffic.acknowledged, options.sample)
        return {
            "scale": str(options.scale),
            "seed": options.seed,
            "tokens": options.tokens,
            "connections": options.connections,
            "load_before": load,
            "planned": requests,
            "sessions": len(copies),
            "effective_sessions": round(trace.effective(copies), 1),
            "zstd_alone": round(zstd.ratio, 2),
            "redundancy_expected": round(trace.redundancy(copies), 4),
            "lag_s": lag_s,
            **add_up(running, traffic.totals, costs, found),
        }


def _maker(copy: trace.Copy, prose: Prose) -> Callable[[], Client]:
    """A session is planned when its first request is due: few are held at a time."""
    return lambda: Client(copy, _plan(copy.session), prose)


@lru_cache(64)
def _plan(session: Any) -> Plan:
    return plan(session, HEAD_BYTES)


def _settle(data: Path) -> float | None:
    """Seconds until every frame is packed; None where that does not come to be."""
    began = time.monotonic()
    (data / "journal" / "relay.turn").touch(mode=0o600)
    while checking.unpacked_bytes(data):
        if time.monotonic() - began > _SETTLE_S:
            return None
        threading.Event().wait(_LOOK_S)
    return round(time.monotonic() - began, 1)


@contextlib.contextmanager
def _progress(requests: int) -> Iterator[Callable[[], None]]:
    console = Console(stderr=True)
    columns = (TextColumn("{task.description}"), Bar(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, disable=not sys.stderr.isatty()) as bar:
        task = bar.add_task("requests", total=requests)
        yield lambda: bar.advance(task)


if __name__ == "__main__":
    main()
