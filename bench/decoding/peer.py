"""An engine's process, from outside: started, asked, ended; and which there are."""

import json
import os
import select
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

__all__ = ["PEERS", "Peer", "PeerFailed", "Running"]

_BENCH = Path(__file__).parents[1]
_PATHS = (_BENCH, _BENCH.parent / "engine" / "src", _BENCH.parent / "src")
_PATIENCE_S = 600.0
_DYING_S = 10.0
"""For one answer: 8,192 tokens read by one thread are the longest."""


class PeerFailed(Exception):
    """The others are measured all the same; the text goes into the report."""


@dataclass(frozen=True)
class Peer:
    name: str
    module: str
    series: tuple[str, ...]
    options: dict[str, Any] = field(default_factory=dict)
    most: int = 1 << 18
    """Tokens that it is asked for at most."""


PEERS = (
    Peer("llama.cpp", "decoding.llama", ("llama.cpp",), {"flash": True}),
    Peer("llama.cpp, fa off", "decoding.llama", ("llama.cpp, fa off",), {"flash": False}),
    Peer(
        "transformers", "decoding.hugging", ("transformers bf16", "transformers fp32"), {}, 16_384
    ),
    Peer("ours", "decoding.ours", ("ours int4", "ours int8", "ours int4, dense")),
)


class Running:
    """A peer's process. Raises PeerFailed. What it prints itself goes to a file in `folder`."""

    def __init__(self, peer: Peer, *, threads: int, most: int, folder: Path) -> None:
        self.peer = peer
        self.rss_mb = 0
        own = folder / peer.name.replace(" ", "-")
        own.mkdir(exist_ok=True)
        self._log = folder / f"{peer.name}.log"
        options = json.dumps({**peer.options, "threads": threads, "most": min(most, peer.most)})
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", peer.module, options, str(own)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                env=_environment(threads),
                text=True,
            )
        try:
            self.cache_bytes: int = self._answer()["cache_bytes"]
        except PeerFailed:
            self.close()
            raise

    def fill(self, context: int, *, is_real: bool) -> float:
        """CPU seconds that it took."""
        taken: float = self._ask({"fill": context, "real": is_real})["cpu_s"]
        return taken

    def decode(self, series: str, steps: int) -> list[tuple[float, float]]:
        """CPU and wall milliseconds of each token."""
        answer = self._ask({"decode": series, "steps": steps})
        if len(answer["ms"]) != steps:
            raise PeerFailed(f"{len(answer['ms'])} tokens came where {steps} were asked for")
        return [(cpu, wall) for cpu, wall in answer["ms"]]

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()

    def _ask(self, what: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin
        try:
            self._process.stdin.write(json.dumps(what) + "\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise PeerFailed(self._last_words()) from None
        answer = self._answer()
        self.rss_mb = answer["rss_mb"]
        return answer

    def _answer(self) -> dict[str, Any]:
        assert self._process.stdout
        if not select.select([self._process.stdout], [], [], _PATIENCE_S)[0]:
            raise PeerFailed(f"no answer within {_PATIENCE_S:.0f} s")
        line = self._process.stdout.readline()
        if not line:
            raise PeerFailed(self._last_words())
        answer: dict[str, Any] = json.loads(line)
        if "error" in answer:
            raise PeerFailed(answer["error"])
        return answer

    def _last_words(self) -> str:
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_DYING_S)  # its pipe is closed before it has said why
        said = self._log.read_text(errors="replace").strip().splitlines()
        return f"its process ended: {said[-1][:300] if said else 'without a word'}"


def _environment(threads: int) -> dict[str, str]:
    paths = [*map(str, _PATHS), os.environ.get("PYTHONPATH", "")]
    return {
        **os.environ,
        "PYTHONPATH": os.pathsep.join(filter(None, paths)),
        "OMP_NUM_THREADS": str(threads),
    }
