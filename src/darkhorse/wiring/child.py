"""A child's word to its supervisor: one line on a pipe, `ready` or `failed <sentence>`.

And what the supervisor says to one whose module it would be a pity to load for a name.
"""

import os
from contextlib import suppress

__all__ = ["PAGES_VARIABLE", "READY_VARIABLE", "failed", "ready"]

READY_VARIABLE = "DARKHORSE_READY_FD"
"""The pipe's write end, a file descriptor; absent where nobody supervises."""
PAGES_VARIABLE = "DARKHORSE_PAGES_SOCKET"
"""The path of the unix socket that the pages listen on."""


def ready() -> None:
    """Say that this process serves now. Without a supervisor, or said before: nothing."""
    _say("ready")


def failed(sentence: str) -> None:
    """Say why this process cannot serve, and leave with status 1: the supervisor shows it.

    Without a supervisor, or after `ready()`, this returns and the caller shows it.
    """
    if _say("failed " + " ".join(sentence.split())):
        raise SystemExit(1)


def _say(line: str) -> bool:
    """Write the one line there is; False where it cannot be said."""
    number = os.environ.pop(READY_VARIABLE, None)
    if number is None:
        return False
    with suppress(BrokenPipeError), os.fdopen(int(number), "w", encoding="utf-8") as pipe:
        pipe.write(line + "\n")
    return True
