"""What a lookup says of a generation under an envelope: nothing of how fast its engine was."""

from collections.abc import Callable
from typing import TypeVar

from msgspec import structs

from darkhorse.storage.accounting import GenerationContent, GenerationFacts, Generations

__all__ = ["Unhurried"]

T = TypeVar("T")


class Unhurried:
    """`Generations` to whom one whose answer still flows has not ended, though its record has.

    `is_running` is asked by a generation's id, `is_paced` by a listing's slug. Whoever may see
    every key's generations runs the server, and is told the engine's own times.
    """

    def __init__(
        self,
        inner: Generations,
        *,
        is_running: Callable[[str], bool],
        is_paced: Callable[[str], bool],
    ) -> None:
        self._inner = inner
        self._is_running = is_running
        self._is_paced = is_paced

    async def facts(self, generation: str, key: str | None) -> GenerationFacts | None:
        """See Generations."""
        if self._is_running(generation):
            return None
        found = await self._inner.facts(generation, key)
        if found is None or key is None or not self._is_paced(found.listing):
            return found
        return structs.replace(found, first_token_ms=None, duration_ms=None)

    async def content(
        self, generation: str, key: str | None, show: Callable[[GenerationContent], T]
    ) -> T | None:
        """See Generations."""
        if self._is_running(generation):
            return None
        return await self._inner.content(generation, key, show)
