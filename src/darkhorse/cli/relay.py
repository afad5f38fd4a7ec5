"""`darkhorse relay`: one relay process."""

from darkhorse.cli.process import process_command
from darkhorse.wiring import relay as process

__all__ = ["relay"]

relay = process_command("relay", "Serve the API: accept, cloak, journal.", process.run)
