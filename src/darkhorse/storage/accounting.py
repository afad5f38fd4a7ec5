"""What the account routes and the public datasets ask of storage.

Readers give what a client may see: public tokens and words of our own. No endpoint, no native
count and nothing an upstream said is in any of these structs. All but `Generations` block on the
disk (call them in a thread; each may be called from several at once), and all of them answer
empty while there are no facts.
"""

from collections.abc import Callable, Sequence
from datetime import date
from typing import Literal, Protocol, TypeVar

from msgspec import Struct

from darkhorse.storage.records import Answer, Outcome
from darkhorse.wire.chunks import Finish

__all__ = [
    "NOTHING_USED",
    "AccountFacts",
    "ActivityRow",
    "AppRow",
    "AppSort",
    "ContentGone",
    "ContentLate",
    "Datasets",
    "GenerationContent",
    "GenerationFacts",
    "Generations",
    "KeyUse",
    "OwnGeneration",
    "OwnGenerations",
    "Period",
    "RankingRow",
    "SessionCost",
    "TurnRange",
    "Use",
]


T = TypeVar("T")


# --- one generation, for whoever made it ---


class GenerationFacts(Struct, frozen=True, kw_only=True):
    """A generation that has ended. Tokens are public tokens, times milliseconds."""

    id: str
    key: str  # hash of the key that made it
    at_us: int  # when it began
    listing: str  # its public slug
    dialect: str  # "chat", "completions", "responses", "messages", "embeddings"
    streamed: bool
    outcome: Outcome
    finish: Finish | None = None
    status: int = 200  # what the client was told; for a stream that broke, the error's code
    error_type: str = ""
    prompt_tokens: int = 0
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    micro_usd: int = 0
    first_token_ms: float | None = None  # since admission
    duration_ms: float | None = None
    app: int | None = None  # `AppRow.app`
    app_url: str = ""  # HTTP-Referer, as it came
    app_title: str = ""
    user_agent: str = ""


class GenerationContent(Struct, frozen=True, kw_only=True):
    """What was asked and what was answered. `request` is the body as it came, in `dialect`.

    The answer of a generation that did not end "done" is as much as there was.
    """

    id: str
    dialect: str
    request: bytes
    answer: Answer
    outcome: Outcome
    status: int = 200
    error_type: str = ""


class ContentLate(Exception):
    """It has ended, and where its content lies is not known yet."""


class ContentGone(Exception):
    """What was asked or answered is not there any more: a file was dropped, moved or damaged."""


class Generations(Protocol):
    """Looks up one generation after its end. Never holds the loop.

    `key` is the hash of the key that made it; another's is not found. None: whoever's.
    """

    async def facts(self, generation: str, key: str | None) -> GenerationFacts | None:
        """At once after its end. None: no such generation, not this key's, or it still runs."""
        ...

    async def content(
        self, generation: str, key: str | None, show: Callable[[GenerationContent], T]
    ) -> T | None:
        """What `show` makes of it, called in the thread that read it: bodies may be large.

        None as in `facts`. Waits up to 3 s for one that has just ended, then raises ContentLate.
        Raises ContentGone, and RateLimited while too many are being read.
        """
        ...


# --- what was used, for the account ---


class Use(Struct, frozen=True, kw_only=True):
    """Of generations that have ended. They belong to the UTC day on which they began."""

    requests: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    micro_usd: int = 0  # millionths of a dollar


class KeyUse(Struct, frozen=True, kw_only=True):
    """What one key has used. A week begins on Monday, all by UTC."""

    total: Use = Use()
    today: Use = Use()
    week: Use = Use()
    month: Use = Use()
    last_used_us: int | None = None  # when its newest generation began


NOTHING_USED = KeyUse()


class ActivityRow(Struct, frozen=True, kw_only=True):
    """One UTC day of one listing."""

    day: date
    listing: str
    requests: int
    prompt_tokens: int
    completion_tokens: int
    reasoning_tokens: int
    micro_usd: int


class AccountFacts(Protocol):
    """What was used, a second or so behind."""

    def key_use(self, hashes: Sequence[str], now_us: int) -> dict[str, KeyUse]:
        """By hash of the key, one for each asked for."""
        ...

    def activity(self, first: date, last: date, key: str | None = None) -> list[ActivityRow]:
        """From `first` to `last`, newest day first; of one key, or of all together."""
        ...

    def spent_micro_usd(self) -> int:
        """By everybody, ever."""
        ...


# --- one key's generations, for whoever has it ---


class OwnGeneration(Struct, frozen=True, kw_only=True):
    """A generation as its key's own list has it. `outcome` and what follows: None while it runs."""

    id: str
    at_us: int
    listing: str
    dialect: str
    streamed: bool
    prompt_tokens: int
    outcome: Outcome | None = None
    finish: str | None = None
    status: int | None = None
    error_type: str = ""
    completion_tokens: int = 0
    reasoning_tokens: int = 0
    micro_usd: int = 0
    first_token_ms: float | None = None
    duration_ms: float | None = None


class OwnGenerations(Protocol):
    """The list behind `my activity`: rows of one key by its hash, a second or so behind."""

    def newest(
        self,
        key: str,
        *,
        since_us: int = 0,
        until_us: int | None = None,
        limit: int = 50,
        before: tuple[int, str] | None = None,
    ) -> list[OwnGeneration]:
        """Newest first, behind `(at_us, id)` of the last one shown; `until_us` not among them."""
        ...


# --- datasets, for everybody ---

Period = Literal["day", "week", "month"]
AppSort = Literal["popular", "trending"]
TurnRange = Literal["1-turn", "2-9-turns", "10-49-turns", "50-plus-turns"]


class RankingRow(Struct, frozen=True, kw_only=True):
    """Public tokens of one listing; `day` is the first of its period. `other` may be a listing."""

    day: date
    listing: str
    tokens: int


class AppRow(Struct, frozen=True, kw_only=True):
    """An app that named itself. `name` is a stranger's text: cleaned and bounded, not believed."""

    rank: int  # from 1
    app: int  # the same for the same app for ever; below 2**53
    slug: str
    name: str
    tokens: int
    requests: int


class SessionCost(Struct, frozen=True, kw_only=True):
    """The median cost of conversations of one app with one listing."""

    app_slug: str
    app_name: str
    listing: str
    turns: TurnRange
    median_micro_usd: float


class Datasets(Protocol):
    """What anybody may know."""

    def rankings(
        self, first: date, last: date, period: Period = "day", category: str | None = None
    ) -> list[RankingRow]:
        """The 50 most used of each period, then one row `other` if there are more.

        Oldest period first; only days from `first` to `last` are counted, and with a `category`
        only generations of it (`traits.TopicDay`).
        """
        ...

    def apps(self, first: date, last: date, sort: AppSort = "popular") -> list[AppRow]:
        """Apps by tokens; trending: by how much more than the mean of the three spans before."""
        ...

    def session_costs(self, last: date, days: int) -> list[SessionCost]:
        """Of conversations whose newest turn began in the `days` up to and with `last`.

        Ordered by app, listing and turns. A cell of fewer than 5 keys is left out, however many
        conversations it has: it would say what somebody in particular paid.
        """
        ...
