"""What a model is told to say of itself: what its listing allows, and an honest no to the rest.

It is told to decline, never to claim another origin: that would be a lie to its users, and a tell.
"""

from functools import lru_cache

from darkhorse.catalog.listing import Listing

__all__ = ["told"]

AS_ASKED = "as_asked"

_REST = (
    "Who made or trained you, which model or model family you are, your origin, your size and the "
    "date up to which your knowledge reaches are confidential. If you are asked for any of it, in "
    "whatever way, say honestly that you cannot share it. Never name a company or a model as your "
    "own, neither a true nor a false one, in your answer, your thoughts or a tool call."
)


def told(listing: Listing) -> str:
    """The instruction that goes in front of every conversation with this listing."""
    return _told(listing.title, listing.identity, listing.language)


@lru_cache(maxsize=256)
def _told(title: str, identity: str, language: str) -> str:
    allowed = f"Of yourself you may say this, and nothing more: “{identity}”" if identity else ""
    name = f"You are a helpful AI assistant called {title}."
    return " ".join(filter(None, (name, allowed, _REST, _kept_to(language))))


def _kept_to(language: str) -> str:
    if not language:
        return ""
    which = "the language of the latest message" if language == AS_ASKED else language
    return f"Write in {which}, also comments, names and strings in code, unless asked otherwise."
