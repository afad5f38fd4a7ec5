"""Addresses that an operator wrote, as links that can do nothing but lead there."""

import re
from urllib.parse import quote

from msgspec import Struct

from darkhorse.catalog.listing import Listing

__all__ = ["Link", "href", "links"]

_URL = re.compile(r"https?://[^\s/]\S*")
_EMAIL = re.compile(r"(?:mailto:)?([^\s@/]+@[^\s@/]+)")


class Link(Struct, frozen=True, kw_only=True):
    """`href` is empty where `text` is no address that may be followed: then it is text only."""

    name: str
    text: str
    href: str


def links(listing: Listing) -> tuple[Link, ...]:
    """Those that are given."""
    named = (
        ("Terms of use", listing.terms),
        ("Privacy policy", listing.privacy),
        ("Abuse contact", listing.abuse_contact),
    )
    return tuple(Link(name=name, text=text, href=href(text)) for name, text in named if text)


def href(text: str) -> str:
    """Where `text` leads: http, https or mailto, or empty."""
    if _URL.fullmatch(text):
        return text
    if email := _EMAIL.fullmatch(text):
        return f"mailto:{quote(email[1], safe='@+')}"  # no `?`: it would write the letter too
    return ""
