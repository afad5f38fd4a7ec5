"""What was added up once, so that it need not be again: past hours hardly ever become others."""

from collections import Counter, OrderedDict
from collections.abc import Callable, Hashable, Iterable
from threading import Lock
from typing import Generic, TypeVar

from darkhorse.storage.figures import Quantiles
from darkhorse.storage.ledger import histogram
from darkhorse.storage.ledger.histogram import Histogram

__all__ = ["Kept", "added", "added_texts", "quantiles"]

T = TypeVar("T")

_SHARES = (0.5, 0.9, 0.99)


class Kept(Generic[T]):
    """Results by what they follow from; the least recently asked for goes.

    Safe from several threads; two that ask for the same at once may both make it.
    """

    def __init__(self, most: int) -> None:
        self._most = most
        self._lock = Lock()
        self._known: OrderedDict[Hashable, T] = OrderedDict()

    def of(self, name: Hashable, make: Callable[[], T]) -> T:
        """What is known under this name, or is made now."""
        with self._lock:
            known = self._known.get(name)
            if known is not None:
                self._known.move_to_end(name)
                return known
        made = make()
        with self._lock:
            self._known[name] = made
            while len(self._known) > self._most:
                self._known.popitem(last=False)
        return made


def added(histograms: Iterable[Histogram]) -> Histogram:
    """All of them together."""
    whole: Histogram = Counter()
    for each in histograms:
        whole.update(each)
    return whole


def added_texts(texts: Iterable[str]) -> Histogram:
    """The same, as tables keep them."""
    return added(map(histogram.parse, texts))


def quantiles(of: Histogram) -> Quantiles:
    """All None where nothing was measured."""
    return Quantiles(*histogram.percentiles(of, _SHARES)) if of else Quantiles()
