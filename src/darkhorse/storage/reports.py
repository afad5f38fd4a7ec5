"""What people tell the operator: abuse reports, and feedback on a generation."""

from typing import Literal, Protocol

from msgspec import Struct

__all__ = ["Category", "Feedback", "Report", "ReportStore"]

Category = Literal[
    "latency",
    "incoherence",
    "incorrect_response",
    "formatting",
    "billing",
    "api_error",
    "other",
]
"""OpenRouter's categories of feedback."""


class Report(Struct, frozen=True, kw_only=True):
    """An abuse report. Words, names and `contact` are a stranger's text: `base.plain` them."""

    id: str  # rep-…
    at_us: int
    what: str  # what kind of abuse, in the reporter's word
    text: str
    listing: str = ""
    generation: str = ""
    contact: str = ""
    address: str = ""  # keyed hash of the network address it came from
    closed_us: int | None = None
    note: str = ""  # the operator's, when closing it


class Feedback(Struct, frozen=True, kw_only=True):
    """What somebody says of one generation; at most one for each."""

    generation: str
    listing: str
    key: str  # hash of the key that said it
    at_us: int
    category: Category
    comment: str = ""


class ReportStore(Protocol):
    """Reports and feedback as they are stored. Blocks on the disk; safe from several threads."""

    def add(self, report: Report, *, since_us: int, most: int, most_open: int) -> bool:
        """Store a report, unless there are too many already; returns whether it did.

        `most`: open ones of its address since `since_us`; `most_open`: open ones in all.
        """
        ...

    def reports(self, *, closed: bool = False, limit: int = 1000) -> list[Report]:
        """The newest `limit` of the open ones, oldest first; with `closed`, of all."""
        ...

    def report(self, report_id: str) -> Report | None:
        """One of them."""
        ...

    def close_report(self, report_id: str, at_us: int, note: str) -> bool:
        """False if there is no such open report."""
        ...

    def delete_report(self, report_id: str) -> bool:
        """It leaves the disk; False if there is no such report.

        Raises ConfigError where something stands on the old pages: it is gone, the pages are not.
        """
        ...

    def add_feedback(self, feedback: Feedback) -> bool:
        """False if that generation has feedback already; then nothing is changed."""
        ...

    def feedback(self, *, limit: int = 1000) -> list[Feedback]:
        """Newest first."""
        ...
