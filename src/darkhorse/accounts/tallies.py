"""What is counted for longer than a minute, by subject, limited or not: a day's requests, money."""

from collections.abc import Iterable

from darkhorse.accounts.subjects import Subject

__all__ = ["Money", "Today"]

_DAY_S = 86_400
_SECOND_US = 1_000_000
_DAY_US = _DAY_S * _SECOND_US


class Today:
    """Requests begun in this UTC day. At midnight all of it is dropped.

    A wall clock that goes back to yesterday does not end the day. So that one which was wrongly
    far ahead does not hold everybody up for as long, 24 hours of the monotonic clock do.
    """

    def __init__(self) -> None:
        self._day = -1
        self._since = 0
        self._requests: dict[Subject, int] = {}

    def turn(self, now_us: int, second: int) -> None:
        """Begin a new day if it is time: by the wall clock, and a second of the monotonic one."""
        day = now_us // _DAY_US
        patient = day < self._day and second - self._since >= _DAY_S
        if day > self._day or patient:
            self._day, self._since, self._requests = day, second, {}

    def wait_s(self, now_us: int, second: int) -> int:
        """Whole seconds until the day ends, at least 1."""
        to_midnight = -((now_us - (self._day + 1) * _DAY_US) // _SECOND_US)
        if now_us // _DAY_US < self._day:
            patience = self._since + _DAY_S - second
            if now_us + patience * _SECOND_US < self._day * _DAY_US:
                return max(1, patience)
        return to_midnight

    def requests(self, subject: Subject) -> int:
        """How many it has begun today."""
        return self._requests.get(subject, 0)

    def add(self, subjects: Iterable[Subject], requests: int = 1) -> dict[Subject, int]:
        """Count for each; returns the day's page, from which alone they can be taken back."""
        page = self._requests
        for subject in subjects:
            page[subject] = page.get(subject, 0) + requests
        return page

    @staticmethod
    def take_back(page: dict[Subject, int], subjects: Iterable[Subject]) -> None:
        """One request of that day was none."""
        for subject in subjects:
            page[subject] -= 1


class Money:
    """Millionths of a dollar spent, ever. Grows with those who have paid, not with requests."""

    def __init__(self) -> None:
        self._spent: dict[Subject, int] = {}

    def spent(self, subject: Subject) -> int:
        """All it has spent."""
        return self._spent.get(subject, 0)

    def add(self, subjects: Iterable[Subject], micro_usd: int) -> None:
        """Each of them has spent so much more."""
        for subject in subjects:
            self._spent[subject] = self._spent.get(subject, 0) + micro_usd
