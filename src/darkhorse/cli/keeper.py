"""`darkhorse keeper`: journal to facts."""

from darkhorse.cli.process import process_command
from darkhorse.wiring import keeper as process

__all__ = ["keeper"]

keeper = process_command("keeper", "Fold the journal into facts.", process.run)
