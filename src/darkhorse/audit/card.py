"""The model's entry in a door's catalogue, as any client reads it."""

from typing import Any

from darkhorse.attribution.client.door import Door

__all__ = ["card_of", "context_of", "most_of"]

_WINDOWS = ("context_length", "max_model_len", "context_window", "max_context_length")


async def card_of(door: Door) -> dict[str, Any]:
    """From `/models`, or the model's own page; empty where the door shows neither."""
    return await door.once("card", lambda: _read(door))


async def _read(door: Door) -> dict[str, Any]:
    listed = (await door.get("/models")).json
    rows = listed.get("data") if isinstance(listed, dict) else None
    for row in rows if isinstance(rows, list) else ():
        if isinstance(row, dict) and row.get("id") in (door.model, *door.aliases):
            return row
    own = (await door.get(f"/models/{door.model}")).json
    return own if isinstance(own, dict) and "id" in own else {}


def context_of(card: dict[str, Any]) -> int | None:
    """The context that a card names, in tokens of whatever kind."""
    found = (card.get(name) for name in _WINDOWS)
    return next((each for each in found if isinstance(each, int) and each > 0), None)


def most_of(card: dict[str, Any]) -> tuple[int, ...]:
    """What a card says of the longest answer."""
    provider = card.get("top_provider")
    most = provider.get("max_completion_tokens") if isinstance(provider, dict) else None
    return (most,) if isinstance(most, int) else ()
