"""Where the parts of a ledger lie in a data directory."""

from pathlib import Path

from msgspec import Struct

__all__ = ["Layout"]


class Layout(Struct, frozen=True):
    """Paths only; nothing need be there yet."""

    data: Path

    @property
    def journal(self) -> Path:
        """Frames as the relay wrote them, until they are packed."""
        return self.data / "journal"

    @property
    def packed(self) -> Path:
        """Every frame behind the journal, its messages stored once."""
        return self.data / "packed"

    @property
    def facts(self) -> Path:
        """Recent rows and rollups; made from the frames."""
        return self.data / "facts.sqlite"

    @property
    def table(self) -> Path:
        """The Delta table of sealed rows; made from the facts."""
        return self.data / "table"

    @property
    def search(self) -> Path:
        """The full-text index of prompts; made from the frames."""
        return self.data / "search.sqlite"

    @property
    def traits(self) -> Path:
        """What generations were about, rows and tallies; made from the frames."""
        return self.data / "traits.sqlite"

    @property
    def damaged(self) -> Path:
        """Files that `darkhorse ledger repair` set aside."""
        return self.data / "damaged"
