"""Every launch by every name it answers to, as one snapshot."""

from collections.abc import Iterable

from darkhorse.base.errors import ConfigError, ModelDeprecated, UnknownModel
from darkhorse.catalog import notices
from darkhorse.catalog.launch import Launch, PublicLaunch

__all__ = ["Catalogue", "check_names"]


class Catalogue:
    """What requests are held against. Time comes in with each question: a window ends on time."""

    def __init__(self, launches: Iterable[Launch]) -> None:
        self._launches = tuple(each for each in launches if each.life.state != "draft")
        self._by_name = {name: each for each in self._launches for name in each.listing.names}

    @property
    def launches(self) -> tuple[Launch, ...]:
        """All but drafts, live or not."""
        return self._launches

    def live(self, now_us: int) -> list[PublicLaunch]:
        """What `/models` lists, newest first."""
        live = [each for each in self._launches if each.life.state_at(now_us) == "live"]
        live.sort(key=lambda each: -(each.life.live_us or 0))
        return [each.public() for each in live]

    def find(self, name: str, now_us: int) -> Launch:
        """The live launch called `name` (slug or alias). Raises UnknownModel, ModelDeprecated."""
        launch = self._by_name.get(name)
        if launch is None:
            raise UnknownModel
        if launch.life.state_at(now_us) != "live":
            successor = launch.reveal.successor if launch.reveal else ""
            told = notices.farewell(launch.public(), now_us)
            more = "" if launch.reveal else " GET /api/v1/models shows what is live."
            raise ModelDeprecated(told + more, fallbacks=(successor,) * bool(successor))
        return launch

    def seen(self, name: str) -> PublicLaunch:
        """The launch called `name`, live or past. Raises UnknownModel."""
        launch = self._by_name.get(name)
        if launch is None:
            raise UnknownModel
        return launch.public()


def check_names(launch: Launch, others: Iterable[Launch]) -> None:
    """Raise ConfigError if another launch, whatever its state, answers to one of its names."""
    names = set(launch.listing.names)
    for other in others:
        taken = names.intersection(other.listing.names)
        if other.id != launch.id and taken:
            raise ConfigError(
                f"`{min(taken)}` is a name of the launch {other.listing.slug} "
                f"({other.life.state}); choose another: a name is never used twice."
            )
