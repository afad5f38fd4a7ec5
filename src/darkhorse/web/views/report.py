"""`/report`: a form for reports of abuse. It works without script; the API takes what it sends."""

from msgspec import Struct

from darkhorse.web.views.known import Known

__all__ = ["ReportPage", "report_page"]

_PROBLEMS = {
    "unfit": "It was not sent: say what happened, in at most 4,000 characters.",
    "many": "It was not sent: there are too many open reports just now. Try again tomorrow.",
    "trouble": "It was not sent: something went wrong on our side. Try again in a moment.",
}
"""By the word that the API leads back with."""

_KINDS = (
    ("harm", "Harmful or illegal content"),
    ("privacy", "Personal data in an answer"),
    ("deception", "It says it is somebody it is not"),
    ("misuse", "Somebody misuses the service"),
    ("other", "Something else"),
)


class ReportPage(Struct, frozen=True, kw_only=True):
    """`about` is a listing's slug, or empty."""

    about: str
    is_sent: bool
    problem: str
    kinds: tuple[tuple[str, str], ...] = _KINDS


def report_page(known: Known, *, about: str, thanks: str, problem: str) -> ReportPage:
    """What of the query is not known here is not shown: anyone can link to anything."""
    launch = known.find(about)
    return ReportPage(
        about=launch.listing.slug if launch else "",
        is_sent=thanks == "1",
        problem=_PROBLEMS.get(problem, ""),
    )
