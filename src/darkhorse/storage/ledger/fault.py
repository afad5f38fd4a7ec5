"""Something wrong in a ledger's files, as `verify` tells it."""

from pathlib import Path

from msgspec import Struct

from darkhorse.base.errors import ConfigError

__all__ = ["REPAIR", "RESTORE", "Fault", "fault_of"]

REPAIR = "stop the server and run `darkhorse ledger repair`, which makes it again"
"""Of what can be made from other files."""

RESTORE = (
    "stop the server and put the file of a backup in its place; without one, `darkhorse ledger "
    "repair` gives up what is lost"
)
"""Of what is nowhere else."""


class Fault(Struct, frozen=True):
    """In which file, what is wrong with it, and what to do."""

    file: str
    why: str
    remedy: str

    def told(self) -> str:
        """In one line."""
        return f"{self.file}: {self.why}; {self.remedy}."


def fault_of(error: ConfigError) -> Fault:
    """A sentence of the form `path: what is wrong; what to do.` in its parts."""
    path, _, rest = str(error).removesuffix(".").partition(": ")
    why, _, remedy = rest.partition("; ")
    return Fault(Path(path).name, why, remedy)
