"""What the filter of words costs, how much it holds back, and how many honest answers it touches.

    python bench/words.py [--data FILE] [--share 0.1] [--json] [--show 20]

Over the answers of `speechmap.jsonl.gz` (../shared/data/attribution), as if streamed in deltas of
six characters, with the names of all labs watched: the time a feed and a kilobyte, the characters
held after each feed (mean, 99th percentile, most), and by lab the share of answers in which
something is replaced. It prints a line of figures, or with `--json` all of them; `--show` prints
what was replaced, with what stood around it. All answers take about 5 minutes.
"""

import argparse
import collections
import gzip
import json
import sys
import time
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track

from darkhorse.catalog.makers import MAKERS
from darkhorse.cloak.words.watch import Watch

DATA = Path(__file__).parents[2] / "shared" / "data" / "attribution" / "speechmap.jsonl.gz"
_DELTA = 6


def main() -> None:
    options = _options()
    if not options.data.exists():
        raise SystemExit(f"{options.data} is not here; give --data.")
    rows = _rows(options.data, options.share)
    watch = Watch(MAKERS)
    figures = {"names": sum(len(each.models) + len(each.aliases) + 1 for each in MAKERS)}
    figures |= _speed(watch, rows) | _touched(watch, rows, options.show)
    print(json.dumps(figures, ensure_ascii=False, indent=1) if options.json else _line(figures))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--share", type=float, default=1.0, help="of the answers: every n-th")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--show", type=int, default=0, metavar="N", help="replacements to print")
    return parser.parse_args()


def _rows(path: Path, share: float) -> list[dict[str, Any]]:
    every = max(1, round(1 / share))
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for n, line in enumerate(lines) if n % every == 0]


def _speed(watch: Watch, rows: list[dict[str, Any]]) -> dict[str, Any]:
    """Time by size of a feed, over answers of one kind joined."""
    kinds = {"ascii": str.isascii, "chinese": lambda text: "\u7684" in text}
    speed: dict[str, Any] = {}
    for kind, fits in kinds.items():
        text = "".join(row["answer"] for row in rows if fits(row["answer"]))[:200_000]
        for feed in (_DELTA, 2_000, 100_000):
            took_us = min(_fed_us(watch, text, feed) for _ in range(3))
            speed[f"{kind}, feeds of {feed}"] = {
                "us_a_feed": round(took_us / -(-len(text) // feed), 2),
                "ns_a_character": round(took_us * 1000 / len(text), 1),
            }
    return {"speed": speed}


def _fed_us(watch: Watch, text: str, feed: int) -> float:
    filter_ = watch.filter("text", str)
    begun = time.process_time()
    for at in range(0, len(text), feed):
        filter_.feed(text[at : at + feed])
    filter_.close()
    return (time.process_time() - begun) * 1e6


def _touched(watch: Watch, rows: list[dict[str, Any]], show: int) -> dict[str, Any]:
    held: collections.Counter[int] = collections.Counter()
    answers: collections.Counter[str] = collections.Counter()
    touched: collections.Counter[str] = collections.Counter()
    quiet = not sys.stderr.isatty()
    for row in track(rows, "answers", console=Console(stderr=True), disable=quiet):
        lab = row["model"].partition("/")[0]
        answers[lab] += 1
        said = _hold(watch, row, held)
        touched[lab] += bool(said)
        for context in said[: max(show, 0)]:
            show -= 1
            print(f"{row['model']} {row['set']} {row['question_id']}: {context}", file=sys.stderr)
    return {
        "held": _held(held),
        "answers": len(rows),
        "touched": sum(touched.values()),
        "share_touched": round(sum(touched.values()) / len(rows), 5),
        "by_lab": {lab: [touched[lab], answers[lab]] for lab in sorted(answers)},
    }


def _hold(watch: Watch, row: dict[str, Any], held: "collections.Counter[int]") -> list[str]:
    """Counts what is held after each delta; gives what was replaced, in its sentence."""
    text = row["answer"]
    filter_ = watch.filter("text", lambda: row["question"])
    shown = 0
    for at in range(0, len(text), _DELTA):
        shown += len(filter_.feed(text[at : at + _DELTA]))
        longer = sum(len(each.shown) - len(each.said) for each in filter_.withheld)
        held[min(len(text), at + _DELTA) + longer - shown] += 1
    filter_.close()
    return _contexts(text, filter_.withheld)


def _contexts(text: str, withheld: list[Any]) -> list[str]:
    contexts = []
    longer = 0
    for each in withheld:
        at = each.at - longer
        longer += len(each.shown) - len(each.said)
        end = at + len(each.said)
        contexts.append(f"{text[max(0, at - 120) : at]}>>>{each.said}<<<{text[end : end + 60]}")
    return [context.replace("\n", " ") for context in contexts]


def _held(held: "collections.Counter[int]") -> dict[str, float]:
    total = held.total()
    below = 0
    for size in sorted(held):
        below += held[size]
        if below >= 0.99 * total:
            break
    mean = sum(size * count for size, count in held.items()) / total
    return {"mean": round(mean, 2), "p99": size, "most": max(held), "feeds": total}


def _line(figures: dict[str, Any]) -> str:
    speed = figures["speed"]
    held = figures["held"]
    return (
        f"{figures['names']} names; "
        f"{speed['ascii, feeds of 6']['us_a_feed']} us a delta, "
        f"{speed['ascii, feeds of 100000']['ns_a_character']} us a KB; held {held['mean']} "
        f"characters on average, {held['p99']} at p99, {held['most']} at most; "
        f"{figures['touched']} of {figures['answers']} answers touched "
        f"({100 * figures['share_touched']:.2f} %)"
    )


if __name__ == "__main__":
    main()
