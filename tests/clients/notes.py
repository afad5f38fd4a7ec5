"""What came of each client's features, kept in .clients/results for scripts/compatibility.py."""

import json
from pathlib import Path

from clients.roster import INSTALLED, Client, version

__all__ = ["FAILS", "WORKS", "Notes", "read"]

WORKS = "works"
FAILS = "fails"
RESULTS = INSTALLED / "results"


class Notes:
    """One session's notes. Where several tests try one feature, the worst counts."""

    def __init__(self, folder: Path = RESULTS) -> None:
        self._folder = folder
        self._outcomes: dict[Client, dict[str, str]] = {}

    def take(self, client: Client, features: tuple[str, ...], *, works: bool) -> None:
        """Keep it at once, beside what earlier sessions noted of the client's other features."""
        mine = self._outcomes.setdefault(client, {})
        for feature in features:
            mine[feature] = WORKS if works and mine.get(feature) != FAILS else FAILS
        self._folder.mkdir(parents=True, exist_ok=True)
        about = {"version": version(client), "outcomes": {**read(client, self._folder), **mine}}
        self._path(client).write_text(json.dumps(about, indent=2) + "\n")

    def _path(self, client: Client) -> Path:
        return self._folder / f"{client}.json"


def read(client: Client, folder: Path = RESULTS) -> dict[str, str]:
    """Feature → outcome, of the version that is installed now; {} where nothing was noted."""
    path = folder / f"{client}.json"
    if not path.exists():
        return {}
    about = json.loads(path.read_text())
    return about["outcomes"] if about["version"] == version(client) else {}
