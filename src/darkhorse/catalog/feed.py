"""Listings as an RSS 2.0 feed: what is new, for those who read feeds."""

from collections.abc import Iterable
from email.utils import formatdate
from xml.sax.saxutils import escape

from darkhorse.base.plain import plain
from darkhorse.catalog.cards import ModelCard

__all__ = ["item", "rss"]


def rss(cards: Iterable[ModelCard], base_url: str) -> str:
    """The feed; `base_url` (`https://example.org`) is where its readers reach us."""
    home = escape(base_url)
    items = "".join(_item(card, base_url) for card in cards)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<rss version="2.0"><channel>'
        f"<title>Models</title><link>{home}/</link>"
        "<description>AI models on trial without their maker's name.</description>"
        f"{items}</channel></rss>\n"
    )


def _item(card: ModelCard, base_url: str) -> str:
    return item(card.name, f"{base_url}/{card.id}", card.description, card.created)


def item(title: str, link: str, text: str, at_s: float, guid: str = "") -> str:
    """One of a feed; `at_s` since the epoch. Without a `guid` of its own the link is that."""
    address = escape(link)
    return (
        f"<item><title>{_text(title)}</title><link>{address}</link>"
        f'<guid isPermaLink="{"false" if guid else "true"}">{_text(guid) or address}</guid>'
        f"<description>{_text(text)}</description>"
        f"<pubDate>{formatdate(at_s, usegmt=True)}</pubDate></item>"
    )


def _text(text: str) -> str:
    """Only what XML can say: neither control characters nor halves of others."""
    sound = plain(text).encode("utf-8", "replace").decode()
    return escape("".join(each for each in sound if each not in "\ufffe\uffff"))
