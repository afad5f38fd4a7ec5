"""`/archive`: every launch that is over."""

from msgspec import Struct

from darkhorse.web.views.known import Known
from darkhorse.web.views.past import PastLaunch, past_launch

__all__ = ["ArchivePage", "archive_page"]


class ArchivePage(Struct, frozen=True, kw_only=True):
    """`past` is None while it has never been read."""

    past: tuple[PastLaunch, ...] | None


def archive_page(known: Known) -> ArchivePage:
    if known.launches is None:
        return ArchivePage(past=None)
    return ArchivePage(past=tuple(past_launch(each, known) for each in known.past()))
