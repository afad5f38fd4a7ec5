"""What a launch report says, as `--json` gives it and as the page shows it.

Times are µs since the epoch, tokens public tokens, lengths of time ms. Private, unless
`public.published` made it.
"""

from msgspec import Struct

from darkhorse.analytics.report.shares import Share
from darkhorse.storage.figures import Quantiles
from darkhorse.storage.launch_view import EndpointUse
from darkhorse.storage.notes import Note

__all__ = [
    "Anonymity",
    "App",
    "AuditLine",
    "Capability",
    "Cause",
    "Day",
    "Gathered",
    "Headline",
    "Load",
    "Named",
    "Quote",
    "Reception",
    "Report",
    "Row",
    "Stability",
    "Step",
    "Table",
    "WorstHour",
]


class Named(Struct, frozen=True):
    """How many of something."""

    name: str
    count: int


class Headline(Struct, frozen=True, kw_only=True):
    """Ten figures.

    `turned_away`: requests that no generation began for, since the server's start; None where no
    server answers.
    """

    live_us: int | None
    until_us: int  # its end, or now
    lasted: str
    requests: int
    tokens: int
    people: int
    apps: int  # that named themselves
    sessions: int  # that clients named
    peak_us: int | None  # the hour with most requests
    peak_requests: int
    uptime: Share  # of what went well or failed by us
    refused: Share  # answers in which the model declined
    turned_away: int | None


class Row(Struct, frozen=True, kw_only=True):
    """Generations of one kind. Shares are of those that ended."""

    name: str
    requests: int
    tokens: int
    ended: int
    done: int
    failed: Share
    cancelled: Share
    refused: Share
    cut: Share
    empty: Share
    tool_call: Share
    schema: Share
    retried: Share


class Table(Struct, frozen=True, kw_only=True):
    """Rows by one facet, most requests first, or in its own order.

    `left_out`: how many more there were.
    """

    facet: str
    title: str
    rows: tuple[Row, ...]
    left_out: int = 0


class Capability(Struct, frozen=True, kw_only=True):
    """What it was asked, and how it did."""

    overall: Row
    tables: tuple[Table, ...]
    strengths: tuple[str, ...]
    weaknesses: tuple[str, ...]
    called: int  # answers that called a tool
    finishes: tuple[Named, ...]
    feedback: tuple[Named, ...]  # by what the prompt was about


class Step(Struct, frozen=True, kw_only=True):
    """Some hours of its life. `failed` is None where it is not to be said."""

    at_us: int
    requests: int
    ended: int
    failed: int | None
    first_token_ms: Quantiles = Quantiles()
    duration_ms: Quantiles = Quantiles()


class Load(Struct, frozen=True, kw_only=True):
    """A quarter of its hours, by how much was asked. `p90_ms` is the median of the hours' own."""

    hours: int
    least: int  # requests an hour
    most: int
    p90_ms: float | None
    failed: Share


class WorstHour(Struct, frozen=True, kw_only=True):
    """One with more failures, or slower, than the others."""

    at_us: int
    requests: int
    failed: Share
    p90_ms: float | None  # to the first token


class Cause(Struct, frozen=True, kw_only=True):
    """Failures of one cause."""

    error_type: str
    count: int
    share: float
    means: str
    next: str
    signature: str = ""  # private
    example: str = ""  # a generation's id


class Stability(Struct, frozen=True, kw_only=True):
    """How it held under real load. Steps follow one another without a gap."""

    step_hours: int
    steps: tuple[Step, ...]
    first_token_ms: Quantiles
    duration_ms: Quantiles
    tokens_per_second: Quantiles
    failed: Share
    cancelled: Share
    retried: Share
    attempts: int  # at endpoints
    says: tuple[str, ...]
    load: tuple[Load, ...]
    errors: tuple[Named, ...]
    causes: tuple[Cause, ...]
    worst: tuple[WorstHour, ...]
    slowest: tuple[WorstHour, ...]
    endpoints: tuple[EndpointUse, ...] = ()


class Day(Struct, frozen=True, kw_only=True):
    """A UTC day."""

    at_us: int
    requests: int
    people: int
    apps: int
    new_apps: int  # not seen on a day before


class App(Struct, frozen=True, kw_only=True):
    """One that named itself; the name is a stranger's word."""

    name: str
    requests: int
    tokens: int


class Quote(Struct, frozen=True, kw_only=True):
    """What a stranger wrote, cut short."""

    at_us: int
    kind: str
    text: str


class Reception(Struct, frozen=True, kw_only=True):
    """Who came, came back, and what they said."""

    days: tuple[Day, ...]
    people: int
    person_days: int  # people of each day, added up
    sessions: int
    turns: tuple[Named, ...]  # requests by messages of the user
    apps: tuple[App, ...]
    feedback: tuple[Named, ...]
    reports: tuple[Named, ...]
    reports_open: int
    quotes: tuple[Quote, ...] = ()
    notes: tuple[Note, ...] = ()


class Gathered(Struct, frozen=True, kw_only=True):
    """What there is to work with."""

    prompts: int
    answers: int
    prompt_tokens: int
    completion_tokens: int
    retried: int  # asked again, word for word, within ten minutes
    languages: tuple[Named, ...]
    categories: tuple[Named, ...]
    disclosure: str
    may_train: bool
    retention_days: int | None
    commands: tuple[str, ...] = ()


class AuditLine(Struct, frozen=True, kw_only=True):
    """An audit, and what it came to."""

    id: str
    at_us: int
    when: str  # before, during, after
    is_whole: bool
    closed: int
    reduced: int
    leaks: int
    untested: int
    stopping: tuple[str, ...]


class Anonymity(Struct, frozen=True, kw_only=True):
    """Whether anybody could tell, and who tried."""

    audits: tuple[AuditLine, ...]
    accepted: tuple[str, ...]
    asked: Share  # requests that asked who it is
    declined: Share  # of those
    looked: int  # newest of those whose record was read for withheld words
    withheld: int  # in so many of these some were
    committed: bool
    revealed: str


class Report(Struct, frozen=True, kw_only=True):
    """All of it. `public`: may be shown to anybody."""

    public: bool
    slug: str
    title: str
    state: str
    made_us: int
    summary: str
    who: str  # maker and model; empty where they are not to be said
    head: Headline
    capability: Capability
    stability: Stability
    reception: Reception
    gathered: Gathered
    anonymity: Anonymity
    method: tuple[str, ...]
    next: str = ""  # what to do where there is nothing to tell
