"""What people told the operator of the server in a data directory."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from darkhorse.base.clock import Clock
from darkhorse.base.errors import ConfigError
from darkhorse.storage.state.reports import SqlReportStore
from darkhorse.wiring.state import STATE_FILE, open_state_in

__all__ = ["open_report_store", "report_store"]


def open_report_store(data: Path, clock: Clock) -> SqlReportStore:
    """The reports in `data`, the database migrated first. Raises ConfigError."""
    return SqlReportStore(open_state_in(data, clock))


@contextmanager
def report_store(data: Path, clock: Clock) -> Iterator[SqlReportStore]:
    """The same for a command. Raises ConfigError where there is no state yet."""
    if not (data / STATE_FILE).exists():
        raise ConfigError(
            f"{data}: holds no Darkhorse state; give --data the server's data directory."
        )
    store = open_report_store(data, clock)
    try:
        yield store
    finally:
        store.close()
