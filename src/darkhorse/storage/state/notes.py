"""Notes of the operator in the state database."""

from collections.abc import Callable

from msgspec import structs
from sqlalchemy import (
    BigInteger,
    Column,
    Engine,
    MetaData,
    String,
    Table,
    Text,
    delete,
    func,
    insert,
    select,
    update,
)
from sqlalchemy.exc import IntegrityError

from darkhorse.base.errors import ConfigError
from darkhorse.storage.notes import MOST, Note
from darkhorse.storage.state.engine import writing

__all__ = ["SqlNoteStore"]

_note = Table(
    "launch_note",
    MetaData(),
    Column("id", String(40), primary_key=True),
    Column("launch", String(40), nullable=False),
    Column("at_us", BigInteger, nullable=False),
    Column("text", Text, nullable=False),
    Column("link", Text, nullable=False),
    Column("source", Text, nullable=False),
)
_COLUMNS = tuple(_note.c[name] for name in Note.__struct_fields__)


class SqlNoteStore:
    """`storage.notes.NoteStore` over a migrated state database (`migrations.open_state`)."""

    def __init__(self, engine: Engine, new_id: Callable[[], str]) -> None:
        self._engine, self._new_id = engine, new_id

    def notes(self, launch: str) -> list[Note]:
        """Newest said first."""
        query = select(*_COLUMNS).where(_note.c.launch == launch)
        ordered = query.order_by(_note.c.at_us.desc(), _note.c.id.desc())
        with self._engine.connect() as connection:
            return [Note(**row) for row in connection.execute(ordered).mappings()]

    def add(self, launch: str, note: Note) -> Note:
        """As it is kept, under an id of its own. Raises ConfigError where it cannot be."""
        kept = structs.replace(note, id=self._new_id())
        values = {**_values(note), "id": kept.id, "launch": launch}
        count = select(func.count()).select_from(_note).where(_note.c.launch == launch)
        try:
            with writing(self._engine).begin() as connection:
                if connection.execute(count).scalar_one() >= MOST:
                    raise ConfigError(f"A launch has {MOST:,} notes at most; delete one first.")
                connection.execute(insert(_note).values(values))
        except IntegrityError:
            raise ConfigError("There is no such launch any more.") from None
        return kept

    def change(self, launch: str, note: Note) -> bool:
        """Put it in the place of the one with its id; False if there is none."""
        changing = update(_note).where(_note.c.launch == launch, _note.c.id == note.id)
        with writing(self._engine).begin() as connection:
            return connection.execute(changing.values(_values(note))).rowcount == 1

    def delete(self, launch: str, note: str) -> bool:
        """For good; False if there is none of that id."""
        dropping = delete(_note).where(_note.c.launch == launch, _note.c.id == note)
        with writing(self._engine).begin() as connection:
            return connection.execute(dropping).rowcount == 1

    def close(self) -> None:
        """Let the database go; may be called twice."""
        self._engine.dispose()


def _values(note: Note) -> dict[str, object]:
    return {"at_us": note.at_us, "text": note.text, "link": note.link, "source": note.source}
