"""The names that a launch's answers are watched for: its own, and everybody else's."""

from functools import lru_cache

from darkhorse.catalog.endpoint import Private
from darkhorse.catalog.launch import Launch
from darkhorse.catalog.makers import own_names
from darkhorse.cloak.words.watch import Watch

__all__ = ["watch_over"]


def watch_over(launch: Launch) -> Watch:
    """Takes milliseconds the first time, and nothing afterwards. What it is called may be said."""
    listing = launch.listing
    return _watch(launch.private, (listing.title, *listing.names))


@lru_cache(maxsize=4096)
def _watch(private: Private, allowed: tuple[str, ...]) -> Watch:
    return Watch.over(own_names(private), allowed)
