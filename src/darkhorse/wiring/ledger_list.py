"""`ledger list`: generations by what the facts say of them, never a body. Private: endpoints."""

from contextlib import closing
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.facts import FactsFile
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.table.query import Filters, GenerationRow, GenerationsList
from darkhorse.storage.ledger.tables import app
from darkhorse.wiring.keys import open_key_store
from darkhorse.wiring.state import STATE_FILE

__all__ = ["Filters", "GenerationRow", "app_number", "key_hash", "newest"]

_HASH = 64  # characters
_LEAST = 8  # of a hash's beginning


def newest(data: Path, filters: Filters, limit: int) -> list[GenerationRow]:
    """The newest that fit, newest first. Raises ConfigError where the facts cannot be read."""
    layout = _layout(data)
    rows = GenerationsList(layout.facts, layout.table)
    try:
        return rows.newest(filters, limit)
    except DatabaseError as e:
        raise _unusable(layout, e) from None
    finally:
        rows.close()


def app_number(data: Path, slug: str) -> int:
    """The app of that slug. Raises ConfigError for one that nobody used."""
    layout = _layout(data)
    facts = FactsFile(layout.facts)
    try:
        with facts.read() as connection:
            query = select(app.c.app).where(app.c.slug == slug)
            found = connection.execute(query).scalar() if connection else None
    except DatabaseError as e:
        raise _unusable(layout, e) from None
    finally:
        facts.close()
    if found is None:
        raise ConfigError(f"No app is called `{slug}`; an app is the host of its HTTP-Referer.")
    return int(found)


def key_hash(data: Path, name: str) -> str:
    """Of a key by its label, its hash or the beginning of that. Raises ConfigError."""
    if len(name) == _HASH:
        return name
    if not (data / STATE_FILE).exists():
        raise ConfigError(f"{data / STATE_FILE}: not there, so only a whole hash names a key.")
    with closing(open_key_store(data)) as store:
        records = list(store.keys())
    labelled = [record.hash for record in records if record.label == name]
    begun = [each.hash for each in records if len(name) >= _LEAST and each.hash.startswith(name)]
    found = labelled or begun
    if len(found) != 1:
        many = "No key is" if not found else f"{len(found)} keys are"
        raise ConfigError(f"{many} called `{name}`; `darkhorse key list` shows their hashes.")
    return found[0]


def _layout(data: Path) -> Layout:
    layout = Layout(data)
    if not layout.facts.exists():
        raise ConfigError(
            f"{layout.facts}: not there (--data is {data}); the server's keeper makes it."
        )
    return layout


def _unusable(layout: Layout, error: DatabaseError) -> ConfigError:
    return ConfigError(
        f"{layout.facts}: not usable ({error.orig}); stop the server and run `darkhorse ledger "
        "repair`, which makes it again."
    )
