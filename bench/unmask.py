"""How often `darkhorse unmask` is right, and how often it names somebody it should not.

    python bench/unmask.py [--data FOLDER] [--quick] [--times 4]

On the shared data (../shared/data/attribution): every answer is scored by a classifier that never
saw its question; strangers are real labs that library and calibration do without; bars that a lab
is scored with were set on the others. Signals are prompt counts and style; no name of a model or a
host is read. It prints tables, and last a line of JSON. It takes up to 20 minutes.
"""

import argparse
import json
import sys
import time
from pathlib import Path

from rich.console import Console
from rich.progress import Progress
from unmasking.judged import judged
from unmasking.known import DATA, FILES, known
from unmasking.routes import routes
from unmasking.tables import printed
from unmasking.transfer import transfer
from unmasking.writing import writing

from darkhorse.base.chance import seeded_draw

_SEED = 11


def main() -> None:
    options = _options()
    missing = [name for name in FILES if not (options.data / name).exists()]
    if missing:
        raise SystemExit(f"Not measured: {options.data} lacks {', '.join(missing)}; give --data.")
    try:
        figures = measured(options)
    except KeyboardInterrupt:
        raise SystemExit("interrupted; nothing was measured to its end") from None
    print(printed(figures))
    print(json.dumps(figures, ensure_ascii=False))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--data", type=Path, default=DATA, help="the folder of the shared data")
    parser.add_argument("--times", type=int, default=4, help="draws of an endpoint and size")
    parser.add_argument("--quick", action="store_true", help="one draw, no transfer")
    return parser.parse_args()


def measured(options: argparse.Namespace) -> dict:
    """Every table."""
    quiet = not sys.stderr.isatty()
    times = 1 if options.quick else options.times
    begun = time.monotonic()
    with Progress(console=Console(stderr=True), disable=quiet) as progress:
        task = progress.add_task("reading")

        def told(what: str, done: int, about: int) -> None:
            progress.update(task, description=what, completed=done, total=about or None)

        have = known(options.data, told)
    figures = {
        "routes": routes(have, quiet=quiet),
        "style": writing(have, seeded_draw(_SEED), 10 * times, quiet=quiet),
        "verdicts": judged(have, seeded_draw(_SEED), times, quiet=quiet),
    }
    if not options.quick:
        draw = seeded_draw(_SEED)
        figures["transfer"] = transfer(have, draw, 5 * times, lambda *_: None, quiet=quiet)
    return {**figures, "seconds": round(time.monotonic() - begun)}


if __name__ == "__main__":
    main()
