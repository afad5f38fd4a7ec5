"""What a limited subject has running, and has used in the last minute."""

from collections import deque

from msgspec import Struct

from darkhorse.accounts.subjects import Subject
from darkhorse.accounts.windows import Window

__all__ = ["Meter", "Meters", "Need"]

_MOST_AT_ONCE = 10  # looked at for each request: twice as many as it can make


class Need(Struct, frozen=True, gc=False):
    """What a request sets aside while it runs: public tokens and millionths of a dollar."""

    prompt_tokens: int
    max_tokens: int | None
    tokens: int
    micro_usd: int  # at least 1 where the listing costs anything, 0 where it is free


class Meter:
    """One subject's use: requests and tokens of the last minute, and what runs."""

    __slots__ = ("micro_usd", "requests", "reserved", "running", "tokens")

    def __init__(self) -> None:
        self.requests = Window()
        self.tokens = Window()
        self.running = 0
        self.reserved = 0  # tokens set aside for what runs
        self.micro_usd = 0  # money set aside for what runs

    def begin(self, need: Need, second: int) -> None:
        """A request begins and sets aside what it needs."""
        self.requests.add(second, 1)
        self.running += 1
        self.reserved += need.tokens
        self.micro_usd += need.micro_usd

    def settle(self, need: Need, second: int, tokens: int) -> None:
        """It ended: what it set aside is free, what it used counts from now."""
        self._let_go(need)
        self.tokens.add(second, tokens)

    def cancel(self, need: Need, begun: int) -> None:
        """It never began."""
        self._let_go(need)
        self.requests.take_back(begun, 1)

    def is_quiet(self, second: int) -> bool:
        """Would a new meter say the same?"""
        return not (self.running or self.requests.total(second) or self.tokens.total(second))

    def _let_go(self, need: Need) -> None:
        self.running -= 1
        self.reserved -= need.tokens
        self.micro_usd -= need.micro_usd


class Meters:
    """A meter for each subject in use.

    Those gone quiet are dropped little by little: for each meter made, the two that were looked
    at longest ago are looked at. So there are never many more than twice as many as are in use,
    and no request waits for a sweep.
    """

    def __init__(self) -> None:
        self._meters: dict[Subject, Meter] = {}
        self._round: deque[Subject] = deque()
        self._due = 0

    def __len__(self) -> int:
        return len(self._meters)

    def of(self, subject: Subject) -> Meter:
        """The subject's meter, made if there is none. It stays until the next `tidy`."""
        meter = self._meters.get(subject)
        if meter is None:
            meter = self._meters[subject] = Meter()
            self._round.append(subject)
            self._due += 2
        return meter

    def tidy(self, second: int) -> None:
        """Drop some of the quiet. Never between getting a meter and charging it."""
        for _ in range(min(self._due, _MOST_AT_ONCE, len(self._round))):
            subject = self._round.popleft()
            if self._meters[subject].is_quiet(second):
                del self._meters[subject]
            else:
                self._round.append(subject)
        self._due = max(0, self._due - _MOST_AT_ONCE)
