"""The product as `scripts/up` starts it, over a directory that is there."""

import contextlib
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

_PATIENCE_S = 60


@contextlib.contextmanager
def running(data: Path, *more: str) -> Iterator[dict[str, Any]]:
    """What `up` says in its line of JSON; ended and waited for at the end."""
    argv = [sys.executable, "-m", "darkhorse", "up", "--data", str(data), "--json"]
    ports = ["--port", "0", "--desk-port", "0"]
    process = subprocess.Popen([*argv, *ports, *more], stdout=subprocess.PIPE)
    try:
        assert process.stdout
        line = process.stdout.readline()
        if not line:
            raise SystemExit("`darkhorse up` did not start; see what it said above.")
        yield json.loads(line)
    finally:
        process.terminate()
        process.wait(_PATIENCE_S)
