"""Whose turn it is to be asked: each endpoint once, the first ones again while tries are left."""

from collections.abc import Sequence

from darkhorse.catalog.endpoint import Endpoint
from darkhorse.router.health import Health

__all__ = ["Turns"]


class Turns:
    """The endpoints of one generation, in the order in which it would ask them.

    There are `tries` of them in all, or one for each endpoint where that is more.
    """

    def __init__(self, endpoints: Sequence[Endpoint], health: Health, tries: int) -> None:
        self._waiting = endpoints
        self._asked: list[Endpoint] = []  # in this round; they may be asked again
        self._health = health
        self._left = max(tries, len(endpoints))
        self.repeats = False  # the endpoints that `next` gives have been asked before

    def next(self, now: float) -> Endpoint | None:
        """The endpoint to ask now (monotonic seconds); None where nothing is left to try."""
        if not self._left:
            return None
        endpoint = self._health.take(self._waiting, now)
        if endpoint is None and self._asked:
            self._waiting, self._asked, self.repeats = self._asked, [], True
            endpoint = self._health.take(self._waiting, now)
        if endpoint is not None:
            self._left -= 1
            self._waiting = [each for each in self._waiting if each is not endpoint]
        return endpoint

    def may_repeat(self, endpoint: Endpoint) -> None:
        """What happened may pass: it can be asked again when all the others have been."""
        self._asked.append(endpoint)
