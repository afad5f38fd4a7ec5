"""Taking in what people tell the operator: bounded in size, and in number by network address."""

from collections.abc import Callable

from darkhorse.base.clock import Clock
from darkhorse.base.errors import InvalidRequest, RateLimited
from darkhorse.storage.reports import Category, Feedback, Report, ReportStore

__all__ = ["COMMENT", "CONTACT", "NAME", "TEXT", "TOMORROW_S", "WHAT", "ReportDesk"]

TEXT = 4000
"""Characters of a report's text, at most."""
WHAT = 100
"""Characters of the word for what is reported."""
NAME = 100
"""Characters of a listing's slug or a generation's id."""
CONTACT = 200
"""Characters of a contact."""
COMMENT = 1000
"""Characters of a comment on a generation."""
TOMORROW_S = 86_400
"""After which whoever left too many reports may write again."""

_DAY_US = TOMORROW_S * 1_000_000
_MOST_A_DAY = 20
_MOST_OPEN = 10_000  # some 100 MB at worst, whoever lends out addresses


class ReportDesk:
    """Reports and feedback for one store. Blocks on the disk; safe from several threads."""

    def __init__(self, store: ReportStore, clock: Clock, new_id: Callable[[], str]) -> None:
        self._store = store
        self._clock = clock
        self._new_id = new_id

    def leave(
        self,
        *,
        what: str,
        text: str,
        listing: str = "",
        generation: str = "",
        contact: str = "",
        address: str = "",
    ) -> Report:
        """An abuse report. `address` is the keyed hash. Raises InvalidRequest, RateLimited."""
        now_us = self._clock.now_us()
        report = Report(
            id=self._new_id(),
            at_us=now_us,
            what=_bounded("what", what, WHAT),
            text=_bounded("text", text, TEXT, least=1),
            listing=_bounded("model", listing, NAME),
            generation=_bounded("generation_id", generation, NAME),
            contact=_bounded("contact", contact, CONTACT),
            address=address,
        )
        stored = self._store.add(
            report, since_us=now_us - _DAY_US, most=_MOST_A_DAY, most_open=_MOST_OPEN
        )
        if not stored:
            raise RateLimited(
                "There are too many open reports, from your network address or in all; "
                "write again tomorrow.",
                retry_after=TOMORROW_S,
            )
        return report

    def comment(
        self, *, generation: str, listing: str, key: str, category: Category, comment: str = ""
    ) -> bool:
        """Feedback on a generation; False if it has some already. Raises InvalidRequest.

        Whether there is such a generation is the caller's to know. `key` is the speaker's hash.
        """
        return self._store.add_feedback(
            Feedback(
                generation=generation,
                listing=listing,
                key=key,
                at_us=self._clock.now_us(),
                category=category,
                comment=_bounded("comment", comment, COMMENT),
            )
        )


def _bounded(name: str, text: str, most: int, *, least: int = 0) -> str:
    """The text without blanks around it, and fit to be written as UTF-8."""
    text = text.encode("utf-8", "replace").decode().strip()
    if len(text) > most:
        raise InvalidRequest(f"{name}: at most {most:,} characters.")
    if len(text) < least:
        raise InvalidRequest(f"{name}: say what happened.")
    return text
