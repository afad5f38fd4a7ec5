"""Listings as an RSS 2.0 feed: what is new, for those who read feeds."""

from collections.abc import Iterable
from email.utils import formatdate
from xml.sax.saxutils import escape

from darkhorse.base.plain import plain
from darkhorse.catalog.cards import ModelCard

__all__ = ["rss"]


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
    link = escape(f"{base_url}/{card.id}")
    return (
        f"<item><title>{_text(card.name)}</title><link>{link}</link>"
        f'<guid isPermaLink="true">{link}</guid>'
        f"<description>{_text(card.description)}</description>"
        f"<pubDate>{formatdate(card.created, usegmt=True)}</pubDate></item>"
    )


def _text(text: str) -> str:
    return escape(plain(text))
