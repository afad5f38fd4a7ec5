"""`darkhorse keeper`: everything behind the journal."""

from darkhorse.cli.process import process_command
from darkhorse.wiring import keeper as process

__all__ = ["keeper"]

keeper = process_command("keeper", "Fold, pack, seal, index and erase.", process.run)
