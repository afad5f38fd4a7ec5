"""Whose frames were in bytes that nobody can read any more: the facts remember."""

from collections.abc import Iterable
from contextlib import suppress

import duckdb
from sqlalchemy import or_, select
from sqlalchemy.exc import DatabaseError

from darkhorse.storage.ledger.facts import FactsFile
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.sealed import read_files
from darkhorse.storage.ledger.table.scan import FilesChanged, Scan
from darkhorse.storage.ledger.tables import generation

__all__ = ["generations_between"]

_SEALED = (
    "SELECT id FROM {files} WHERE start_seq BETWEEN $first AND $last "
    "OR end_seq BETWEEN $first AND $last"
)


def generations_between(layout: Layout, spans: Iterable[tuple[int, int]]) -> list[str]:
    """Ids of generations with a frame in these sequences, as far as anybody knows."""
    found: dict[str, None] = {}
    facts, scan = FactsFile(layout.facts), Scan(layout.table)
    with suppress(DatabaseError, duckdb.Error, FilesChanged, OSError):
        for first, last in spans:
            with facts.read() as connection:
                if connection is None:
                    break
                row = generation.c
                query = select(row.id).where(
                    or_(row.start_seq.between(first, last), row.end_seq.between(first, last))
                )
                found |= dict.fromkeys(connection.execute(query).scalars())
                files = read_files(connection)
            sealed = scan.ask(_SEALED, files, {"first": first, "last": last})
            found |= dict.fromkeys(str(name) for (name,) in sealed)
    scan.close()
    facts.close()
    return list(found)
