"""One engine in a process of its own: it fills its cache, and decodes a few tokens when told.

Requests and answers are JSON lines, on stdin and on what stdout was; whatever an engine prints goes
to stderr. Requests: `{"fill": tokens, "real": bool}` and `{"decode": series, "steps": n}`.
"""

import json
import os
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from time import perf_counter, process_time
from typing import Any, Protocol

__all__ = ["Decoder", "Stopwatch", "quiet", "serve"]


class Decoder(Protocol):
    """What an engine has to be able to do."""

    cache_bytes: int
    """Of one token, all layers together."""

    def fill(self, context: int, *, is_real: bool) -> None:
        """Let `context` tokens be behind the next: read them really, or only as if."""

    def decode(self, series: str, steps: int) -> list[tuple[float, float]]:
        """CPU and wall milliseconds of each of `steps` tokens; the context is as filled before."""


class Stopwatch:
    """CPU time of all the threads of this process, and the wall's, from lap to lap."""

    def __init__(self) -> None:
        self._stamps: list[tuple[float, float]] = []

    def lap(self) -> None:
        self._stamps.append((process_time(), perf_counter()))

    def ms(self) -> list[tuple[float, float]]:
        pairs = zip(self._stamps, self._stamps[1:], strict=False)
        return [(1e3 * (b[0] - a[0]), 1e3 * (b[1] - a[1])) for a, b in pairs]


def serve(decoder: Decoder, answers: int) -> None:
    """Do what stdin says until it ends. `answers` is the descriptor that `quiet` gave."""
    with os.fdopen(answers, "w") as out:
        for answer in _answers(decoder):
            out.write(json.dumps(answer) + "\n")
            out.flush()
    os._exit(0)  # llama.cpp's threads would keep it


def quiet() -> int:
    """stdout is stderr from now on; the descriptor of what it was."""
    answers = os.dup(1)
    os.dup2(2, 1)
    return answers


def _answers(decoder: Decoder) -> Iterator[dict[str, Any]]:
    yield {"cache_bytes": decoder.cache_bytes}
    for line in sys.stdin:
        try:
            yield _answer(decoder, json.loads(line))
        except Exception as e:  # noqa: BLE001 - the bench goes on without it, and says so
            traceback.print_exc()
            yield {"error": f"{type(e).__name__}: {e}"}


def _answer(decoder: Decoder, asked: dict[str, Any]) -> dict[str, Any]:
    if "fill" in asked:
        before = process_time()
        decoder.fill(asked["fill"], is_real=asked["real"])
        return {"cpu_s": process_time() - before, "rss_mb": _rss_mb()}
    return {"ms": decoder.decode(asked["decode"], asked["steps"]), "rss_mb": _rss_mb()}


def _rss_mb() -> int:
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmRSS:")[2].split()[0]) // 1024
