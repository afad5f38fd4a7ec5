"""A client's program, run once against a relay, and what came of it."""

import json
import os
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from clients.agents_kit import CelledRelay
from clients.roster import INSTALLED, Client, version

__all__ = ["PROGRAMS", "Visit", "skip_without", "visit"]

PROGRAMS = Path(__file__).with_name("programs")
_DEADLINE_S = 100


@dataclass(frozen=True)
class Visit:
    """What a client's program said of each feature, and what the server recorded meanwhile."""

    results: dict[str, Any]
    said: str
    records: frozenset[str]

    def result_of(self, feature: str) -> Any:
        """What the program printed of it; fails with what it threw."""
        result = self.results[feature]
        assert result is not None, "the client said nothing"
        assert "crash" not in result, result["crash"]
        return result


def skip_without(client: Client) -> None:
    """Where it is not installed."""
    if not version(client):
        pytest.skip(f"{client.package} is not installed: scripts/clients says why")
    if client.home == "node" and not shutil.which("node"):
        pytest.skip("Node is not here")


def visit(
    client: Client,
    relay: CelledRelay,
    models: Mapping[str, str],
    home: Path,
    for_node: Path = PROGRAMS,
) -> Visit:
    """One run of its program, of the features that `models` has a listing for.

    `home` is made; `for_node` is where Node finds programs beside their packages.
    """
    before = relay.records().keys()
    home.mkdir()
    with (home / "said.txt").open("w+") as said:
        process = subprocess.Popen(
            relay.cell.enter([*_command(client, for_node), *models]),
            env=_environment(client, relay, models, home),
            cwd=home,
            stdin=subprocess.DEVNULL,
            stdout=said,
            stderr=subprocess.STDOUT,
        )
        _wait(process)
        said.seek(0)
        lines = said.read()
    records = frozenset(relay.records().keys() - before)
    return Visit(_results(models, lines), lines, records)


def _command(client: Client, for_node: Path) -> list[str]:
    if client.home == "node":
        return ["node", str(for_node / client.program)]
    python = INSTALLED / client.home / "bin" / "python"
    return [str(python), str(PROGRAMS / client.program)]


def _environment(
    client: Client, relay: CelledRelay, models: Mapping[str, str], home: Path
) -> dict[str, str]:
    """Nothing of ours but the way to programs."""
    server = f"http://127.0.0.1:{relay.port}"
    return {
        "HOME": str(home),
        "PATH": os.environ["PATH"],
        "LANG": "C.UTF-8",
        "SERVER_URL": server,
        "BASE_URL": f"{server}/api/v1",
        "API_KEY": relay.key,
        "MODELS": json.dumps(models),
        "WAY": client.way,
        "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # or it asks a public site for prices
        **relay.cell.environment(),
    }


def _wait(process: subprocess.Popen) -> None:
    try:
        process.wait(_DEADLINE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _results(models: Mapping[str, str], said: str) -> dict[str, Any]:
    """The program's lines that are JSON; a feature it did not come to is a crash."""
    results: dict[str, Any] = {each: {"crash": said} for each in models}
    for line in said.splitlines():
        if line.startswith("{"):
            results |= json.loads(line)
    return results
