"""`/report`: a form for reports of abuse. It works without script; the API takes what it sends."""

import re

from msgspec import Struct

from darkhorse.web.views.known import Known

__all__ = ["ReportPage", "kind_of_abuse", "report_page"]

_PROBLEMS = {
    "unfit": "It was not sent: say what happened, in at most 4,000 characters.",
    "large": "It was not sent: it is far too long. Say what happened in at most 4,000 characters.",
    "many": "It was not sent: there are too many open reports just now. Try again tomorrow.",
    "trouble": "It was not sent: something went wrong on our side. Try again in a moment.",
}
"""By the word that the API leads back with."""

_ID = re.compile("rep-[0-9A-Za-z]{20}")  # base.ids
_GENERATION = re.compile("gen-[0-9]{1,12}-[0-9A-Za-z]{20}")

_KINDS = (
    ("harm", "Harmful or illegal content"),
    ("privacy", "Personal data in an answer"),
    ("deception", "It says it is somebody it is not"),
    ("misuse", "Somebody misuses the service"),
    ("other", "Something else"),
)


def kind_of_abuse(what: str) -> str:
    """As the form says it; a reporter's own word where it is none of those."""
    return dict(_KINDS).get(what, what)


class ReportPage(Struct, frozen=True, kw_only=True):
    """`about` is a listing's slug, or empty; so is `sent`, the id of a report that was taken.

    `generation` is what looks like the id of one, or empty.
    """

    about: str
    sent: str
    problem: str
    generation: str = ""
    kinds: tuple[tuple[str, str], ...] = _KINDS


def report_page(
    known: Known, *, about: str, thanks: str, problem: str, generation: str = ""
) -> ReportPage:
    """What of the query is not known here is not shown: anyone can link to anything."""
    launch = known.find(about)
    return ReportPage(
        about=launch.listing.slug if launch else "",
        sent=thanks if _ID.fullmatch(thanks) else "",
        problem=_PROBLEMS.get(problem, ""),
        generation=generation if _GENERATION.fullmatch(generation) else "",
    )
