"""The real server, and a listing for each feature."""

import shutil
import tempfile
from dataclasses import dataclass, field
from pathlib import Path

from clients.agents_kit import CelledRelay
from clients.roster import INSTALLED, Client
from clients.visits import PROGRAMS, Visit, visit
from live.stage import REASON, Scripted, go_live, launch_text

__all__ = ["CITY", "FIXED", "House"]

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
        models = {each: self.slug(each) for each in client.features}
        return visit(client, self.relay, models, self.folder / str(client), self._for_node)

    def ended(self, visit: Visit, feature: str) -> list[str]:
        """The outcomes of what the visit asked of a feature's listing, oldest first."""
        records = [self.relay.record(each) for each in visit.records]
        mine = [each for each in records if each.start.listing == self.slug(feature)]
        return [each.end.outcome for each in sorted(mine, key=lambda each: each.start.at_us)]

    def unfinished(self, feature: str) -> list[dict]:
        """What the upstream was asked of it, has not answered to the end and was not cut from."""
        asked = self.scripted.seen(LISTINGS[feature])
        return [each for each in asked if not each["cancelled"]]


def _beside_packages() -> Path:
    """Node looks for packages in the folders above a program, and nowhere else."""
    packages = INSTALLED / "node"
    if not packages.is_dir():
        return PROGRAMS
    place = Path(tempfile.mkdtemp(prefix="programs-", dir=packages))
    return Path(shutil.copytree(PROGRAMS, place, dirs_exist_ok=True))
