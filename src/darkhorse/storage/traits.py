"""What a generation was about and how it went: read off its text once, then only counted.

A `Describer` (analytics makes it, wiring hands it over) reads bodies; the keeper keeps what it says
in rows and tallies; the desk's readers ask for those. Private: a row has a piece of what somebody
wrote, so an erasure takes rows and counts away. Topics by day are public: `storage.figures`.
"""

from collections.abc import Sequence
from typing import Literal, Protocol, get_args

from msgspec import Struct

from darkhorse.storage.records import EndRecord, Outcome, StartRecord

__all__ = [
    "FACETS",
    "LENGTHS",
    "MORE_APPS",
    "TURNS",
    "Asked",
    "CountName",
    "Counts",
    "Describer",
    "Expected",
    "Facet",
    "FacetHour",
    "FacetSum",
    "Told",
    "TraitFacts",
    "TraitFilters",
    "TraitRow",
    "Trouble",
]

Trouble = Literal["cut", "empty", "tool_call", "schema", "refused", "retried"]
"""What went wrong with an answer that did come. cut: at its longest; empty: no word, no call;
tool_call: names no tool that was offered, or its arguments are no JSON object of its schema;
schema: a form was asked and not kept; refused: it declined; retried: asked again, word for word,
by the same key within ten minutes."""

Facet = Literal[
    "all",
    "category",
    "language",
    "length",
    "turns",
    "tools",
    "dialect",
    "app",
    "finish",
    "error",
    "trouble",
]
"""By what generations are counted. Of `all` there is one value, ""; one generation may have several
values of `trouble`, and exactly one, or none, of the others.

What is known only at the end (finish, error, trouble) is counted then, with its request. `tools`
are "yes" or "no"; an app is its id as text, "0" for one that named none."""

FACETS: tuple[Facet, ...] = get_args(Facet)

LENGTHS = ("0-9", "10-49", "50-199", "200-999", "1000-4999", "5000+")
"""Values of `length`, in order: public tokens of the newest text that the user wrote."""

TURNS = ("0-1", "2-9", "10-49", "50+")
"""Values of `turns`, in order: messages of the user."""

MORE_APPS = "more"
"""A value of `app`: those beyond the first 200 that an hour of a listing has seen."""


class Expected(Struct, frozen=True):
    """What an answer will be held against; made and read by the Describer alone."""

    tools: tuple[tuple[str, bytes], ...] = ()  # name and JSON schema of each tool offered
    schema: bytes | None = None  # JSON schema asked for; b"" for any JSON object


class Asked(Struct, frozen=True, kw_only=True):
    """Read off a request."""

    category: str = "general"
    language: str = ""  # ISO 639-1; "" where it cannot be told
    length: int = 0  # public tokens of the newest text that the user wrote
    turns: int = 1  # messages of the user
    tools: bool = False  # some were offered
    schema: bool = False  # the answer's form was asked for
    media: bool = False
    preview: str = ""  # that text's beginning, one line, at most 160 characters, as it came
    said: int = 0  # 63 bits of the key, the number of messages and the newest two; 0: nothing said
    expected: Expected = Expected()


class Told(Struct, frozen=True, kw_only=True):
    """Read off an answer."""

    called: bool = False  # a tool
    troubles: frozenset[Trouble] = frozenset()  # all but `retried`, which the fold adds
    signature: str = ""  # of a failure: what was said, without what is of this one alone


class Describer(Protocol):
    """Pure and quick: about a millisecond a generation. Raises nothing, whatever the bytes are."""

    version: int
    """Of what it says; where it changes, everything is described anew."""

    def asked(self, start: StartRecord, body: bytes) -> Asked:
        """From a request's body, in `start.dialect`."""
        ...

    def told(self, expected: Expected, end: EndRecord, answer: bytes) -> Told:
        """From an end frame and its body (`Answer` as JSON)."""
        ...


class Counts(Struct, frozen=True, kw_only=True):
    """Of generations that began in some time.

    `requests` and `sessions` have begun; the rest has ended.
    """

    requests: int = 0
    ended: int = 0
    done: int = 0
    failed: int = 0  # or interrupted
    cancelled: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    called: int = 0  # a tool
    sessions: int = 0  # of a listing, whose first generation is among them; of `all` only
    cut: int = 0
    empty: int = 0
    tool_call: int = 0
    schema: int = 0
    refused: int = 0
    retried: int = 0


CountName = Literal[
    "requests", "failed", "cut", "empty", "tool_call", "schema", "refused", "retried"
]
"""A field of `Counts` that values of a facet are ranked by."""


class FacetSum(Struct, frozen=True):
    """Of one value of a facet."""

    value: str
    counts: Counts


class FacetHour(Struct, frozen=True):
    """The same of one hour (since the epoch)."""

    hour: int
    value: str
    counts: Counts


class TraitFilters(Struct, frozen=True, kw_only=True):
    """Which rows; None asks for nothing. Times in µs since the epoch, of the start."""

    listing: str | None = None
    since_us: int | None = None
    until_us: int | None = None  # this moment not among them
    key: str | None = None  # hash
    person: str | None = None
    session: str | None = None
    category: str | None = None
    language: str | None = None
    app: int | None = None  # storage.apps.App.id; 0: it named none
    outcome: Outcome | Literal["running"] | None = None
    trouble: Trouble | None = None
    error_type: str | None = None
    signature: str | None = None
    tools: bool | None = None  # offered
    is_amiss: bool = False  # failed, interrupted, or with any trouble


class TraitRow(Struct, frozen=True, kw_only=True):
    """A generation in a list. Private. `outcome` and what follows is None while it runs."""

    id: str
    at_us: int
    listing: str
    dialect: str
    streamed: bool
    key: str
    person: str
    session: str
    app: int  # 0: it named none
    app_name: str  # a stranger's word
    category: str
    language: str
    length: int
    turns: int
    tools: bool
    schema: bool
    media: bool
    preview: str
    prompt_tokens: int = 0
    outcome: Outcome | None = None
    finish: str | None = None
    status: int | None = None
    error_type: str | None = None
    completion_tokens: int = 0
    first_token_ms: float | None = None
    duration_ms: float | None = None
    attempts: int = 0
    endpoint: str = ""  # of the last attempt
    called: bool = False
    troubles: tuple[Trouble, ...] = ()
    signature: str = ""


class TraitFacts(Protocol):
    """The operator's reader. Blocks on the disk; safe from several threads; empty before any."""

    def sums(
        self, listing: str | None, since_us: int, until_us: int, facet: Facet
    ) -> list[FacetSum]:
        """By value, most requests first; whole hours, both ends' hours counted."""
        ...

    def most(
        self,
        listing: str | None,
        since_us: int,
        until_us: int,
        facet: Facet,
        *,
        of: CountName = "requests",
        limit: int,
    ) -> list[FacetSum]:
        """Of `sums`, the few values with most of one count, that most first; none without any.

        Cheaper than `sums` where a facet has many values.
        """
        ...

    def hours(
        self, listing: str | None, since_us: int, until_us: int, facet: Facet
    ) -> list[FacetHour]:
        """By hour and value, oldest first; an hour without any is left out."""
        ...

    def days(
        self, listing: str | None, since_us: int, until_us: int, facet: Facet
    ) -> list[FacetHour]:
        """As `hours`, by UTC day, both ends' days whole: `hour` is the first of it."""
        ...

    def rows(
        self, filters: TraitFilters, *, limit: int = 50, before: tuple[int, str] | None = None
    ) -> list[TraitRow]:
        """Newest first, behind `(at_us, id)` of the last one shown."""
        ...

    def row(self, generation: str) -> TraitRow | None:
        """One of them."""
        ...

    def signatures(
        self, listing: str | None, since_us: int, until_us: int, *, limit: int = 50
    ) -> Sequence[tuple[str, str, int, str]]:
        """Failures that say the same: error type, signature, how many, newest id. Most first."""
        ...

    def behind(self) -> int | None:
        """Frames not described yet, of those that are folded or packed; None: nothing is at all."""
        ...
