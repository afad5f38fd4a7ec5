"""Generations in a list."""

from collections.abc import Callable, Sequence
from urllib.parse import quote

from msgspec import Struct

from darkhorse.storage.traits import TraitRow
from darkhorse.web.desk.insight.views.words import BADGES, Kind, language, trouble
from darkhorse.web.views.moments import Moment, second
from darkhorse.web.views.topics import category_name

__all__ = ["Link", "RowList", "RowView", "generation_path", "row_list", "row_view"]

Link = Callable[..., str]
"""`Place.link`."""

_NO_WORDS = "no text of the user's"


class RowView(Struct, frozen=True, kw_only=True):
    """One line. `preview`, `app` and `error` are strangers' words."""

    id: str
    href: str
    at: Moment
    clock: str
    listing: str
    preview: str
    has_words: bool
    category: str
    language: str
    app: str
    tokens: str
    badge: str
    kind: Kind
    amiss: str
    first_ms: float | None
    duration_ms: float | None


class RowList(Struct, frozen=True, kw_only=True):
    """Newest first. `older` and `newest` are addresses; empty where there is nothing there."""

    rows: tuple[RowView, ...] = ()
    older: str = ""
    newest: str = ""


def row_list(rows: Sequence[TraitRow], limit: int, link: Link, *, is_first: bool) -> RowList:
    """Of at most `limit` rows, and one more if there are older ones."""
    shown = rows[:limit]
    older = ""
    if len(rows) > limit:
        older = link(before=f"{shown[-1].at_us},{shown[-1].id}")
    return RowList(
        rows=tuple(map(row_view, shown)), older=older, newest="" if is_first else link(before=None)
    )


def row_view(row: TraitRow) -> RowView:
    """As a list shows it."""
    badge, kind = BADGES[row.outcome or "running"]
    at = second(row.at_us)
    return RowView(
        id=row.id,
        href=generation_path(row.id),
        at=at,
        clock=f"{at.iso[5:10]} {at.iso[11:19]}",
        listing=row.listing,
        preview=row.preview or _NO_WORDS,
        has_words=bool(row.preview),
        category=category_name(row.category),
        language=language(row.language) if row.language else "",
        app=row.app_name,
        tokens=f"{row.prompt_tokens:,} → {row.completion_tokens:,}",
        badge=badge,
        kind=kind,
        amiss=", ".join(_amiss(row)),
        first_ms=row.first_token_ms,
        duration_ms=row.duration_ms,
    )


def generation_path(name: str) -> str:
    """Its page. An id is ours, and in an address it is quoted all the same."""
    return f"/generation/{quote(name, safe='', errors='replace')}"


def _amiss(row: TraitRow) -> list[str]:
    error = [row.error_type] if row.error_type and row.error_type != row.outcome else []
    return [*error, *(trouble(each).lower() for each in row.troubles)]
