"""Filters that are on, as chips that take them off."""

from collections.abc import Callable

from msgspec import Struct

from darkhorse.storage.traits import TraitFilters
from darkhorse.web.desk.insight.views.words import language, trouble
from darkhorse.web.views.topics import category_name

__all__ = ["Chip", "chips"]


class Chip(Struct, frozen=True):
    """A filter that is on, and the address without it."""

    text: str
    without: str


def chips(link: Callable[..., str], filters: TraitFilters, app_name: str = "") -> list[Chip]:
    """What is chosen, in words."""
    said = {
        "category": filters.category and category_name(filters.category),
        "language": None if filters.language is None else language(filters.language),
        "app": None if filters.app is None else app_name or "named no app",
        "outcome": filters.outcome,
        "trouble": trouble(filters.trouble).lower() if filters.trouble else None,
        "tools": None if filters.tools is None else ("offered" if filters.tools else "none"),
        "error": filters.error_type,
        "signature": filters.signature,
        "key": filters.key and f"{filters.key[:12]}…",
        "person": filters.person and f"{filters.person[:12]}…",
        "session": filters.session and f"{filters.session[:12]}…",
        "amiss": "failed or with trouble" if filters.is_amiss else None,
    }
    return [
        Chip(text if name == "amiss" else f"{name}: {text}", link("", **{name: None}))
        for name, text in said.items()
        if text is not None
    ]
