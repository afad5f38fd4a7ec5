"""`ledger list`: generations by what the facts say of them, never a body. Private: endpoints."""

from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import select
from sqlalchemy.exc import DatabaseError

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.facts import FactsFile, unusable_facts
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.table.query import Filters, GenerationRow, GenerationsList
from darkhorse.storage.ledger.tables import app

__all__ = ["Filters", "GenerationRow", "app_number", "newest"]


def newest(data: Path, filters: Filters, limit: int) -> Iterator[GenerationRow]:
    """The newest that fit, newest first, a page at a time in memory.

    Raises ConfigError where the facts cannot be read.
    """
    layout = _layout(data)
    rows = GenerationsList(layout.facts, layout.table)
    try:
        yield from rows.newest(filters, limit)
    except DatabaseError as e:
        raise unusable_facts(layout.facts, e) from None
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
        raise unusable_facts(layout.facts, e) from None
    finally:
        facts.close()
    if found is None:
        raise ConfigError(f"No app is called `{slug}`; an app is the host of its HTTP-Referer.")
    return int(found)


def _layout(data: Path) -> Layout:
    layout = Layout(data)
    if not layout.facts.exists():
        raise ConfigError(
            f"{layout.facts}: not there (--data is {data}); the server's keeper makes it."
        )
    return layout
