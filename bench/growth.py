"""Does it cost more when there is more? A ledger that grows from 10^4 generations to 10^6, or 10^7.

    python bench/growth.py [--most 1e6] [--keep DIR] [--plot docs/growth.svg]

In one process, without HTTP: a journal is written of synthetic generations (half single turns, half
turns of agents), and the keeper's chores are done over it (fold, pack, seal, compact, search) as
the generations' own time goes on, 206,000 a day. At each power of ten and at three times that it
prints one JSON line: CPU a generation of each chore since the line before, the median time of the
questions that pages, API and operator ask, bytes a generation by part of the data directory, and
the memory this process has had at most. The plot is made of these lines. It takes about 10 minutes
for 10^6.
"""

import argparse
import contextlib
import json
import resource
import sys
import tempfile
from pathlib import Path
from typing import Any

from day.checking import stored_bytes
from growing.asking import latencies_ms
from growing.keeping import HandClock, Keeping
from growing.plot import draw
from growing.writing import Writing, at_us
from rich.console import Console
from rich.progress import Progress

PLOT = Path(__file__).parents[1] / "docs" / "growth.svg"
_BATCH = 25_000  # generations a journal file: 64 MB of them


def main() -> None:
    options = _options()
    with contextlib.ExitStack() as stack:
        folder = options.keep or stack.enter_context(
            tempfile.TemporaryDirectory(dir=Path.cwd(), prefix="growth-")
        )
        try:
            lines = grow(Path(folder), int(options.most))
        except KeyboardInterrupt:
            raise SystemExit("interrupted; the lines above stand, the plot was not drawn") from None
    if options.plot:
        options.plot.write_text(draw(lines))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--most", type=float, default=1e6, help="generations: 1e4, 1e5, 1e6 or 1e7")
    parser.add_argument("--keep", type=Path, metavar="DIR", help="an empty directory for the data")
    parser.add_argument("--plot", type=Path, default=PLOT, help="[docs/growth.svg]")
    return parser.parse_args()


def grow(data: Path, most: int) -> list[dict[str, Any]]:
    """The lines, printed as they come."""
    clock = HandClock(at_us(0))
    writing = Writing(data / "journal")
    keeping = Keeping(data, clock)
    lines: list[dict[str, Any]] = []
    bar = Progress(console=Console(stderr=True), disable=not sys.stderr.isatty())
    with contextlib.closing(keeping), bar:
        task = bar.add_task("generations", total=most)
        for goal in _goals(most):
            before, count = dict(keeping.cpu_s), goal - writing.written
            while writing.written < goal:
                writing.write(min(_BATCH, goal - writing.written))
                clock.us = at_us(writing.written)
                keeping.catch_up()
                bar.update(task, completed=writing.written)
            spent = {name: keeping.cpu_s[name] - before[name] for name in before}
            lines.append(_line(data, writing, {k: v / count * 1e6 for k, v in spent.items()}))
            print(json.dumps(lines[-1]), flush=True)
    return lines


def _goals(most: int) -> list[int]:
    """10,000, 30,000, 100,000 and so on."""
    powers = range(4, len(str(most)))
    return [goal for power in powers for goal in (10**power, 3 * 10**power) if goal <= most]


def _line(data: Path, writing: Writing, cost_us: dict[str, float]) -> dict[str, Any]:
    parts, count = stored_bytes(data), writing.written
    return {
        "generations": count,
        "cost_us": {name: round(us, 1) for name, us in cost_us.items()},
        "cost_us_in_all": round(sum(cost_us.values()), 1),
        "latency_ms": latencies_ms(data, count),
        "bytes": {name: round(size / count, 1) for name, size in parts.items()},
        "bytes_in_all": round(sum(parts.values()) / count, 1),
        "raw_bytes": round(writing.raw_bytes / count, 1),
        "peak_rss_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024),
    }


if __name__ == "__main__":
    main()
