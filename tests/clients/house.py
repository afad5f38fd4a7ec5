"""The real server, a listing for each feature, and programs run against it, one for a client."""

import json
import os
import shutil
import subprocess
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from clients.agents_kit import CelledRelay
from clients.roster import INSTALLED, Client
from live.stage import REASON, Scripted, go_live, launch_text

__all__ = ["CITY", "FIXED", "House", "Visit"]

PROGRAMS = Path(__file__).with_name("programs")
FIXED = "def add(a, b):\n    return a + b\n"
CITY = {"city": "Oslo", "days": 3}
LISTINGS = {
    "chat": "ok?seed=1",
    "stream": "ok?seed=2&delta_ms=20",
    "tools": "coder?seed=3",
    "tools streamed": "coder?seed=4",
    "structured": "ok?text=%7B%22city%22:%22Oslo%22,%22days%22:3%7D",
    "reasoning": "reasoning?seed=5",
    "broken off": "error-mid?delta_ms=50",
    "cancel": "slow?first_ms=0&delta_ms=100&deltas=80",
    "generation": "ok?seed=6",
    "retired": "ok?seed=7",
    "wrong key": "ok?seed=8",
    "list": "ok?seed=9",
}
"""Feature → scenario. Each has a listing of its own, so that the record says who asked."""
EXTRA = """\
parameters = [
  'max_tokens', 'temperature', 'top_p', 'seed', 'stop', 'tools', 'tool_choice', 'response_format',
  'reasoning',
]
"""
VECTORS = "stealth/vectors"  # takes no chat
_DEADLINE_S = 100


@dataclass(frozen=True)
class Visit:
    """What a client's program said of each feature, and what the server recorded meanwhile."""

    results: dict[str, Any]
    said: str
    records: frozenset[str]


@dataclass
class House:
    """A scripted upstream and a relay in a cell; each client visits once, for all features."""

    folder: Path
    _visits: dict[Client, Visit] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.scripted = Scripted()
        listings = {model: [(self.scripted.url, model)] for model in LISTINGS.values()}
        self.relay = CelledRelay(self.folder / "data", listings, listing_extra=EXTRA)
        self._add_vectors()
        self.relay.desk.retire(self.relay.desk.find(self.slug("retired")), REASON)
        self.relay.start()
        self._for_node = _beside_packages()

    def _add_vectors(self) -> None:
        text = launch_text(VECTORS, [(self.scripted.url, "ok")], extra="output = ['embeddings']")
        go_live(self.relay.desk, text)

    def close(self) -> None:
        self.relay.close()
        self.scripted.stop()
        if self._for_node != PROGRAMS:
            shutil.rmtree(self._for_node)

    def slug(self, feature: str) -> str:
        if feature == "embeddings":
            return VECTORS
        return f"stealth/listing-{list(LISTINGS).index(feature)}"

    def visit(self, client: Client) -> Visit:
        if client not in self._visits:
            self._visits[client] = self._run(client)
        return self._visits[client]

    def _run(self, client: Client) -> Visit:
        before = self.relay.records().keys()
        home = self.folder / str(client)
        home.mkdir()
        with (home / "said.txt").open("w+") as said:
            process = subprocess.Popen(
                self.relay.cell.enter([*self._command(client), *client.features]),
                env=self._environment(client, home),
                cwd=home,
                stdin=subprocess.DEVNULL,
                stdout=said,
                stderr=subprocess.STDOUT,
            )
            _wait(process)
            said.seek(0)
            lines = said.read()
        records = frozenset(self.relay.records().keys() - before)
        return Visit(_results(client, lines), lines, records)

    def _command(self, client: Client) -> list[str]:
        if client.home == "node":
            return ["node", str(self._for_node / client.program)]
        python = INSTALLED / client.home / "bin" / "python"
        return [str(python), str(PROGRAMS / client.program)]

    def _environment(self, client: Client, home: Path) -> dict[str, str]:
        """Nothing of ours but the way to programs."""
        server = f"http://127.0.0.1:{self.relay.port}"
        return {
            "HOME": str(home),
            "PATH": os.environ["PATH"],
            "LANG": "C.UTF-8",
            "SERVER_URL": server,
            "BASE_URL": f"{server}/api/v1",
            "API_KEY": self.relay.key,
            "MODELS": json.dumps({each: self.slug(each) for each in client.features}),
            "WAY": client.way,
            "LITELLM_LOCAL_MODEL_COST_MAP": "True",  # or it asks a public site for prices
            **self.relay.cell.environment(),
        }

    def ended(self, visit: Visit, feature: str) -> list[str]:
        """The outcomes of what the visit asked of a feature's listing, oldest first."""
        records = [self.relay.record(each) for each in visit.records]
        mine = [each for each in records if each.start.listing == self.slug(feature)]
        return [each.end.outcome for each in sorted(mine, key=lambda each: each.start.at_us)]

    def unfinished(self, feature: str) -> list[dict]:
        """What the upstream was asked of it, has not answered to the end and was not cut from."""
        asked = self.scripted.seen(LISTINGS[feature])
        return [each for each in asked if not each["cancelled"]]


def _wait(process: subprocess.Popen) -> None:
    try:
        process.wait(_DEADLINE_S)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def _results(client: Client, said: str) -> dict[str, Any]:
    """The program's lines that are JSON; a feature it did not come to is a crash."""
    results: dict[str, Any] = {each: {"crash": said} for each in client.features}
    for line in said.splitlines():
        if line.startswith("{"):
            results |= json.loads(line)
    return results


def _beside_packages() -> Path:
    """Node looks for packages in the folders above a program, and nowhere else."""
    packages = INSTALLED / "node"
    if not packages.is_dir():
        return PROGRAMS
    place = Path(tempfile.mkdtemp(prefix="programs-", dir=packages))
    return Path(shutil.copytree(PROGRAMS, place, dirs_exist_ok=True))
