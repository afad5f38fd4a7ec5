"""The engine of this checkout, where it is installed: a program with an environment of its own."""

import os
import select
import shutil
import signal
import subprocess
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest

from darkhorse.supervise.engine import COMMAND

__all__ = ["START_S", "engine", "random_glm", "serving"]

START_S = 200
"""Most of it to lift a model, on a busy machine."""

_OWN = Path(__file__).parents[2] / "engine"


def engine() -> Path:
    """Its command; the test is skipped where there is none."""
    own = [_OWN / venv / "bin" / COMMAND for venv in (".venv", ".venv-test")]
    on_path = [Path(found)] if (found := shutil.which(COMMAND)) else []
    path = next((each for each in (*own, *on_path) if each.exists()), None)
    if path is None:
        pytest.skip(f"{COMMAND} is not here; {_OWN}/scripts/install .venv run puts it here")
    return path


def random_glm(directory: Path) -> Path:
    """A model in GLM-5's shape, a token for every byte: it knows GLM's tags and nothing else."""
    directory.mkdir()
    program = _OWN / "tests" / "engine_tiny_model.py"
    subprocess.run([engine().with_name("python"), program, directory], check=True, timeout=START_S)
    return directory


@contextmanager
def serving(*commands: tuple[str, ...]) -> Iterator[list[str]]:
    """`darkhorse-engine serve` with each of these options, started at once: their base URLs."""
    with ExitStack() as stack:
        processes = [stack.enter_context(_process(*options)) for options in commands]
        yield [_url(process) for process in processes]


@contextmanager
def _process(*options: str) -> Iterator["subprocess.Popen[bytes]"]:
    process = subprocess.Popen(
        [engine(), "serve", "--port", "0", *options],
        stdout=subprocess.PIPE,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    with process:
        try:
            yield process
            process.send_signal(signal.SIGTERM)
            assert process.wait(START_S) == 0
        finally:
            process.kill()


def _url(process: "subprocess.Popen[bytes]") -> str:
    """As it says on its one line."""
    assert select.select([process.stdout], [], [], START_S)[0], "it does not begin to serve"
    said = process.stdout.readline().decode()
    assert said, "it has ended; it says above why"
    return said.split(": ", 1)[1].strip()
