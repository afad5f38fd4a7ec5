"""`darkhorse pages`: the public web pages."""

from darkhorse.cli.process import process_command
from darkhorse.wiring import pages as process

__all__ = ["pages"]

pages = process_command("pages", "Serve the public pages on a unix socket.", process.run)
