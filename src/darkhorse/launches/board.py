"""The launches as requests see them: a snapshot in memory that follows the store."""

from collections.abc import Callable

from darkhorse.catalog.catalogue import Catalogue
from darkhorse.storage.ports import LaunchStore

__all__ = ["Board"]


class Board:
    """`load()` before use, and again every so often beside the serving."""

    def __init__(self, store: LaunchStore, on_change: Callable[[Catalogue], None]) -> None:
        self._store = store
        self._on_change = on_change
        self._version: int | None = None
        self._catalogue = Catalogue(())

    def catalogue(self) -> Catalogue:
        """The newest snapshot."""
        return self._catalogue

    def load(self) -> None:
        """Read the store if it changed since the last time. Blocks on the disk.

        `on_change` hears of a snapshot before anybody can be asked for what is in it.
        """
        # The version is read first: a change that slips in between is then read once more.
        version = self._store.version()
        if version == self._version:
            return
        catalogue = Catalogue(self._store.launches())
        self._on_change(catalogue)
        self._catalogue = catalogue
        self._version = version
