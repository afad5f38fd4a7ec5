"""Which listing an operator means, in commands over the record: by slug or by alias."""

from contextlib import closing, suppress
from pathlib import Path

from sqlalchemy.exc import DatabaseError

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.facts import FACTS_FILE, PublicFactsReader
from darkhorse.storage.state.engine import open_reader
from darkhorse.storage.state.launches import SqlLaunchStore
from darkhorse.wiring.state import STATE_FILE

__all__ = ["listing_of"]


def listing_of(data: Path, name: str) -> str:
    """The slug, which is what records have. ConfigError for a name no launch and no record has.

    Where there is no state to ask, the name as it is.
    """
    path = data / STATE_FILE
    if not path.exists() or _is_recorded(data, name):
        return name
    with closing(SqlLaunchStore(open_reader(path))) as store:
        try:
            launches = store.launches()
        except DatabaseError as e:
            raise ConfigError(
                f"{path}: not usable ({e.orig}); start the server once with this version, or put "
                "a backup's file in its place."
            ) from None
    for launch in launches:
        if name in launch.listing.names:
            return launch.listing.slug
    raise ConfigError(f"No launch is called {name}; `darkhorse launch list` names them.")


def _is_recorded(data: Path, slug: str) -> bool:
    with closing(PublicFactsReader(data / FACTS_FILE)) as facts, suppress(DatabaseError):
        return slug in facts.totals()
    return False
