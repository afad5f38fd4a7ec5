"""Logging, the same for every process: one line an event on stderr, nothing private in it."""

import logging
import sys

__all__ = ["configure"]


def configure(process: str) -> None:
    """Lines as `12:30:01 relay: …`; libraries speak up only from warnings on."""
    logging.basicConfig(
        stream=sys.stderr,
        level=logging.WARNING,
        format=f"%(asctime)s {process}: %(message)s",
        datefmt="%H:%M:%S",
        force=True,
    )
    logging.getLogger("darkhorse").setLevel(logging.INFO)
