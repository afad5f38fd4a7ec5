"""What the desk sees over any span of time, and one generation with all that is on record of it.

Private: endpoints are named, and what strangers wrote is quoted. Never give it to anything that
answers the public.
"""

from collections.abc import Collection
from typing import Protocol

from msgspec import Struct

from darkhorse.storage.figures import Quantiles
from darkhorse.storage.launch_view import EndpointUse, Window
from darkhorse.storage.records import Answer, EndRecord, StartRecord

__all__ = ["Now", "Recorded", "RecordedGenerations", "SpanFacts", "SpanUse", "Use"]


class Use(Struct, frozen=True, kw_only=True):
    """Generations that began in some time. `requests` began, the rest is of those that ended.

    People are exact up to 512, and within about 1.6 % above. Tokens are public tokens.
    """

    requests: int = 0
    ended: int = 0
    done: int = 0
    failed: int = 0  # or interrupted
    cancelled: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    people: int = 0
    first_token_ms: Quantiles = Quantiles()
    duration_ms: Quantiles = Quantiles()  # of those that went well
    tokens_per_second: Quantiles = Quantiles()  # of one stream, after its first piece

    @property
    def tokens(self) -> int:
        """In and out."""
        return self.prompt_tokens + self.completion_tokens


class SpanUse(Struct, frozen=True, kw_only=True):
    """Whole hours. `steps` follow one another without a gap, the first from `first_us` on."""

    first_us: int
    step_us: int
    total: Use
    steps: tuple[Use, ...]


class Now(Struct, frozen=True, kw_only=True):
    """`running`: what began in this hour or the two before and has no end on record."""

    running: int
    minute: Window
    five_minutes: Window


class SpanFacts(Protocol):
    """Blocks on the disk; safe from several threads; answers empty while there are no facts.

    `listing` None: all of them together.
    """

    def span(self, listing: str | None, since_us: int, until_us: int, step_hours: int) -> SpanUse:
        """From the hour of `since_us` on, hours that begin before `until_us`.

        Steps of 24 hours are UTC days, and the first of them may be shorter.
        """
        ...

    def first_us(self, listing: str | None) -> int | None:
        """When the hour began in which the first request came; None: there was none."""
        ...

    def apps(self, listing: str | None, since_us: int, until_us: int) -> int:
        """How many apps named themselves, by UTC days; both ends' days counted."""
        ...

    def app_names(self, apps: Collection[int]) -> dict[int, str]:
        """By id; the host of one that has no title. Of few apps: each is looked up."""
        ...

    def endpoints(self, listing: str | None, since_us: int, until_us: int) -> list[EndpointUse]:
        """Attempts by endpoint, retries counted; by name.

        Of all listings together an endpoint is named `listing: endpoint`.
        """
        ...

    def now(self, listing: str | None, now_us: int) -> Now:
        """The last minute, and the last five."""
        ...


class Recorded(Struct, frozen=True, kw_only=True):
    """One generation. `end` is None while it runs, `request` and `answer` where they are gone."""

    start: StartRecord
    end: EndRecord | None = None
    request: bytes | None = None  # the body as it came, in `start.dialect`
    answer: Answer | None = None


class RecordedGenerations(Protocol):
    """Whoever's. Blocks on the disk; safe from several threads."""

    def recorded(self, generation: str) -> Recorded | None:
        """None: no such generation, or none that is folded yet."""
        ...
