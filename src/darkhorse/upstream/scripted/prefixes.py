"""Which beginnings of prompts an engine has seen: what it would have in its cache."""

__all__ = ["Prefixes"]

_KEPT = 200_000


class Prefixes:
    """Remembers whole blocks of prompts; forgets all of them when it has too many."""

    def __init__(self) -> None:
        self._known: set[int] = set()

    def cached(self, tokens: list[bytes], block: int) -> int:
        """Tokens of the prompt that were seen before, in whole blocks; remembers this one.

        The last token is never cached: an engine has to compute something.
        """
        if len(self._known) > _KEPT:
            self._known.clear()
        hits, beginning, is_hit = 0, 0, True
        for start in range(0, len(tokens) - block, block):
            beginning = hash((block, beginning, tuple(tokens[start : start + block])))
            is_hit = is_hit and beginning in self._known
            hits += is_hit
            self._known.add(beginning)
        return hits * block
