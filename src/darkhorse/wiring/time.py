"""The clock of a process: the machine's, doubted where it jumps or is behind what was written."""

from pathlib import Path

from sqlalchemy import text
from sqlalchemy.exc import DatabaseError

from darkhorse.base.clock import SteadyClock, SystemClock
from darkhorse.storage.ledger.facts import FACTS_FILE
from darkhorse.storage.state.engine import open_reader
from darkhorse.wiring.state import STATE_FILE

__all__ = ["newest_us", "steady_clock"]

_NEWEST = (
    (STATE_FILE, "SELECT MAX(at_us) FROM launch_move"),
    (FACTS_FILE, "SELECT MAX(at_us) FROM generation"),
    (FACTS_FILE, "SELECT MAX(last_us) FROM key_seen"),  # rows leave `generation` when sealed
)


def steady_clock(data: Path) -> SteadyClock:
    """Never behind the newest move and the newest generation in `data`."""
    return SteadyClock(SystemClock(), floor_us=newest_us(data))


def newest_us(data: Path) -> int:
    """When something was written last, in microseconds since the epoch; 0 if nothing was."""
    return max(_newest(data / name, query) for name, query in _NEWEST)


def _newest(path: Path, query: str) -> int:
    if not path.exists():
        return 0
    engine = open_reader(path)
    try:
        with engine.connect() as connection:
            return int(connection.execute(text(query)).scalar() or 0)
    except DatabaseError:
        return 0  # not made yet, or broken: whoever needs it says so
    finally:
        engine.dispose()
