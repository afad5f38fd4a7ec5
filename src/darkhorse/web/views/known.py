"""What all pages are made from: the last readings of launches and totals, and the moment."""

from collections.abc import Mapping

from msgspec import Struct

from darkhorse.catalog.launch import PublicLaunch, State
from darkhorse.storage.ports import ListingTotals
from darkhorse.web.reading import Reading
from darkhorse.web.views.moments import Moment, second

__all__ = ["Figures", "Known"]


class Figures(Struct, frozen=True, kw_only=True):
    """What a listing was used for, in public tokens, as of a moment."""

    requests: int
    prompt_tokens: int
    completion_tokens: int
    as_of: Moment


class Known(Struct, frozen=True, kw_only=True):
    """`launches` is None while they have never been read; so is `totals`. Newest first."""

    launches: tuple[PublicLaunch, ...] | None
    totals: Mapping[str, ListingTotals] | None
    totals_at_us: int
    now_us: int

    @classmethod
    def of(
        cls,
        launches: Reading[list[PublicLaunch]] | None,
        totals: Reading[dict[str, ListingTotals]] | None,
        now_us: int,
    ) -> "Known":
        return cls(
            launches=tuple(each for each in launches.value if each.life.state != "draft")
            if launches
            else None,
            totals=totals.value if totals else None,
            totals_at_us=totals.at_us if totals else now_us,
            now_us=now_us,
        )

    def state(self, launch: PublicLaunch) -> State:
        """A window that has ended is retired at once, whoever has written it down."""
        return launch.life.state_at(self.now_us)

    def live(self) -> list[PublicLaunch]:
        return [each for each in self.launches or () if self.state(each) == "live"]

    def past(self) -> list[PublicLaunch]:
        return [each for each in self.launches or () if self.state(each) != "live"]

    def find(self, name: str) -> PublicLaunch | None:
        """The launch that answers to `name`, slug or alias."""
        return next((each for each in self.launches or () if name in each.listing.names), None)

    @property
    def titles(self) -> dict[str, str]:
        """By slug."""
        return {each.listing.slug: each.listing.title for each in self.launches or ()}

    def figures(self, slug: str) -> Figures | None:
        """None while they cannot be had."""
        if self.totals is None:
            return None
        found = self.totals.get(slug)
        return Figures(
            requests=found.requests if found else 0,
            prompt_tokens=found.prompt_tokens if found else 0,
            completion_tokens=found.completion_tokens if found else 0,
            as_of=second(self.totals_at_us),
        )
