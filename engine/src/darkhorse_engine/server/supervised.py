"""The word to whoever started this process: one line on a pipe, `ready` or `failed <sentence>`.

The same as `darkhorse.wiring.child`, which an engine may not import.
"""

import os
from contextlib import suppress

__all__ = ["failed", "ready"]

_READY = "DARKHORSE_READY_FD"


def ready() -> None:
    """Say that this process serves now. Without a supervisor, or said before: nothing."""
    _say("ready")


def failed(sentence: str) -> None:
    """Say that it cannot, and why; without a supervisor, nothing."""
    _say("failed " + " ".join(sentence.split()))


def _say(line: str) -> None:
    number = os.environ.pop(_READY, None)
    if number is not None:
        with suppress(OSError), os.fdopen(int(number), "w", encoding="utf-8") as pipe:
            pipe.write(line + "\n")
