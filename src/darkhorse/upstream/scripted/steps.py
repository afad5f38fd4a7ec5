"""What a scenario is made of: writes, waits and ends. The connection plays them in order.

A scenario decides bytes; only the connection touches a socket. So a scenario can be read, cached
and tested without one.
"""

from collections.abc import Iterable
from enum import Enum

from msgspec import Struct

__all__ = ["End", "Script", "Step", "Steps", "Wait", "compile_script"]

# Above this an answer is played under flow control instead of written at once, and not cached.
_AT_ONCE_BYTES = 64 * 1024
_CACHED_BYTES = 1024 * 1024


class Wait(Struct, frozen=True):
    """Silence, in seconds."""

    seconds: float


class End(Enum):
    """How a connection ends. Without one it stays open for the next request."""

    CLOSE = "close"  # FIN, after what was written
    RESET = "reset"  # RST: unread bytes are lost on the other side too
    HANG = "hang"  # nothing, until the client goes


Step = bytes | Wait | End
"""bytes: one TCP write, as far as TCP keeps such borders."""

Steps = Iterable[Step]


class Script(Struct, frozen=True):
    """Steps ready to play; `at_once` is set where they are one small write."""

    steps: Steps
    at_once: bytes | None = None
    can_cache: bool = False


def compile_script(steps: Steps, *, pure: bool) -> Script:
    """`pure`: the same question always gets these steps, so they may be kept and replayed."""
    if not pure:
        return Script(steps)
    kept = tuple(steps)
    size = sum(len(step) for step in kept if isinstance(step, bytes))
    can_cache = size <= _CACHED_BYTES
    match kept:
        case (bytes() as only,) if size <= _AT_ONCE_BYTES:
            return Script(kept, at_once=only, can_cache=can_cache)
        case _:
            return Script(kept, can_cache=can_cache)
