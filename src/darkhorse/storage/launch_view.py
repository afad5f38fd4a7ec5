"""What the operator sees of a launch. Private: endpoints are named here.

Times are in ms, tokens are public tokens. A generation belongs to the moment it began; its
tokens are there once it has ended. People are exact up to 512, and within about 1.6 % above.
"""

from typing import Protocol

from msgspec import Struct

from darkhorse.storage.figures import Quantiles

__all__ = [
    "EndpointUse",
    "HourUse",
    "LaunchTotal",
    "LaunchView",
    "LaunchViews",
    "Window",
]


class Window(Struct, frozen=True, kw_only=True):
    """The generations that began in the last `seconds`."""

    seconds: int
    requests: int = 0
    prompt_tokens_per_minute: float = 0.0
    completion_tokens_per_minute: float = 0.0
    people: int = 0
    keys: int = 0
    outcomes: dict[str, int] = {}  # "running" among them
    finishes: dict[str, int] = {}
    errors: dict[str, int] = {}  # by error type, of those that failed or were interrupted
    first_token_ms: Quantiles = Quantiles()
    duration_ms: Quantiles = Quantiles()  # of those that were done
    tokens_per_second: Quantiles = Quantiles()  # of one stream, after its first


class HourUse(Struct, frozen=True, kw_only=True):
    """The generations that began in one hour."""

    at_us: int  # when it began
    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    people: int = 0
    errors: int = 0  # failed or interrupted
    cancelled: int = 0
    first_token_ms: Quantiles = Quantiles()
    duration_ms: Quantiles = Quantiles()  # of those that were done


class LaunchTotal(Struct, frozen=True, kw_only=True):
    """Everything since the launch went live."""

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    people: int = 0
    errors: int = 0
    cancelled: int = 0


class EndpointUse(Struct, frozen=True, kw_only=True):
    """Attempts at one endpoint in the last 24 hours; retries count."""

    name: str
    requests: int
    failures: int
    p50_ms: float | None  # of whole attempts that went well


class LaunchView(Struct, frozen=True, kw_only=True):
    """One look at a launch.

    `folded` is False where the keeper has made no facts yet: then everything else is 0. `running`
    counts what began in this hour or the two before and has no end on record: what a dead process
    left is ended by the next one's start, and no answer takes longer.

    `refused` are requests that no generation began for, by error type, since the server's start;
    `refused_nameless` those that came to no listing (no valid key, a body that cannot be read).
    Both are None where no server answers: the ledger knows nothing of them.
    """

    listing: str
    at_us: int
    folded: bool = True
    running: int = 0
    minute: Window
    five_minutes: Window
    hours: list[HourUse]  # 24, oldest first; the last is the current one
    total: LaunchTotal
    endpoints: list[EndpointUse]  # by name
    refused: dict[str, int] | None = None
    refused_nameless: dict[str, int] | None = None


class LaunchViews(Protocol):
    """The operator's reader. Blocks on the disk; safe from several threads."""

    def view(self, listing: str, live_us: int | None = None) -> LaunchView:
        """A launch as of now, its total from the hour of `live_us` on.

        Raises ConfigError if the facts cannot be read.
        """
        ...
