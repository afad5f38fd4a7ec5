"""What people told the operator: abuse reports and feedback. All of it is strangers' text."""

from collections.abc import Sequence

from msgspec import Struct

from darkhorse.storage.reports import Feedback, Report
from darkhorse.web.desk.upkeep.turning import Turn
from darkhorse.web.views.moments import Moment, minute
from darkhorse.web.views.report import kind_of_abuse

__all__ = ["MOST_REPORTS", "REPORTS", "FeedbackRow", "ReportRow", "ReportsPage", "reports_page"]

MOST_REPORTS, REPORTS = 2_000, 20
"""The newest that the desk knows of, and of one page."""


class ReportRow(Struct, frozen=True, kw_only=True):
    """One abuse report."""

    id: str
    at: Moment
    what: str
    text: str
    listing: str
    generation: str
    contact: str
    closed: Moment | None
    note: str


class FeedbackRow(Struct, frozen=True, kw_only=True):
    """What somebody said of one generation."""

    generation: str
    listing: str
    at: Moment
    category: str
    comment: str


class ReportsPage(Struct, frozen=True, kw_only=True):
    """`after`: how many reports stand before those that are shown.

    `refused` and `note`: of a report that could not be closed, and what was typed for it.
    """

    reports: tuple[ReportRow, ...]
    turn: Turn
    after: int
    with_closed: bool
    feedback: tuple[FeedbackRow, ...]
    refused: str = ""
    note: str = ""
    problem: str = ""


def reports_page(
    reports: Sequence[Report],
    turn: Turn,
    feedback: Sequence[Feedback],
    *,
    with_closed: bool,
    refused: str = "",
    note: str = "",
    problem: str = "",
) -> ReportsPage:
    """`reports`: those that are shown; `turn`: where they stand among all."""
    return ReportsPage(
        reports=tuple(_report(each) for each in reports),
        turn=turn,
        after=max(0, turn.first - 1),
        with_closed=with_closed,
        feedback=tuple(_feedback(each) for each in feedback),
        refused=refused,
        note=note,
        problem=problem,
    )


def _report(report: Report) -> ReportRow:
    return ReportRow(
        id=report.id,
        at=minute(report.at_us),
        what=kind_of_abuse(report.what),
        text=report.text,
        listing=report.listing,
        generation=report.generation,
        contact=report.contact,
        closed=None if report.closed_us is None else minute(report.closed_us),
        note=report.note,
    )


def _feedback(feedback: Feedback) -> FeedbackRow:
    return FeedbackRow(
        generation=feedback.generation,
        listing=feedback.listing,
        at=minute(feedback.at_us),
        category=feedback.category.replace("_", " "),
        comment=feedback.comment,
    )
