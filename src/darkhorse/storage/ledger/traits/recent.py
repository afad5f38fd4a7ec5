"""What recent generations' answers will be held against, so that few starts are read twice."""

from collections import OrderedDict

from darkhorse.storage.traits import Expected

__all__ = ["RecentExpected"]

_GENERATIONS = 20_000
_BYTES = 16 << 20


class RecentExpected:
    """By id, the newest; bounded in number and in bytes of schemas."""

    def __init__(self, generations: int = _GENERATIONS, size: int = _BYTES) -> None:
        self._generations = generations
        self._size = size
        self._held: OrderedDict[str, Expected] = OrderedDict()
        self._bytes = 0

    def put(self, generation: str, expected: Expected) -> None:
        """Remember it; of one that is known the first stays. The oldest go where there are many."""
        if generation in self._held:
            return
        self._held[generation] = expected
        self._bytes += _size_of(expected)
        while len(self._held) > self._generations or self._bytes > self._size:
            _, oldest = self._held.popitem(last=False)
            self._bytes -= _size_of(oldest)

    def pop(self, generation: str) -> Expected | None:
        """Its answer is there; None where it is not remembered."""
        expected = self._held.pop(generation, None)
        if expected is not None:
            self._bytes -= _size_of(expected)
        return expected

    def clear(self) -> None:
        """Forget all."""
        self._held.clear()
        self._bytes = 0


def _size_of(expected: Expected) -> int:
    tools = sum(len(name) + len(schema) for name, schema in expected.tools)
    return tools + len(expected.schema or b"")
