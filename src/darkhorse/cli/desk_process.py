"""`darkhorse desk_process`: the operator's pages as a part of the house."""

from darkhorse.cli.process import process_command
from darkhorse.wiring.desk import run_part

__all__ = ["desk_process"]

desk_process = process_command("desk_process", "Serve the operator's pages.", run_part)
