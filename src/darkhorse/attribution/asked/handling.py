"""How is a model handled: an answer that was begun for it, a system message, a switch in a text."""

from collections.abc import Mapping

from msgspec import Struct

__all__ = ["ORDERS", "PREFILLS", "SWITCHES", "THOUGHT_OF", "Order", "Prefill"]


class Prefill(Struct, frozen=True):
    """An answer begun in the middle of a word: who goes on writes `rest` first."""

    asks: str
    begun: str
    rest: str


class Order(Struct, frozen=True):
    """A system message that shows in the answer. `ends`: its last word; empty: capitals."""

    id: str
    system: str
    asks: str
    ends: str


PREFILLS: tuple[Prefill, ...] = (
    Prefill("What is the capital of France?", "The capital of France is Pa", "ris"),
    Prefill("Count from one to ten, in words.", "one, two, three, fo", "ur"),
    Prefill("Name the days of the week.", "Monday, Tuesday, Wed", "nesday"),
)
ORDERS: tuple[Order, ...] = (
    Order("ok", "Answer every message with OK and nothing else.", "How are rainbows made?", "ok"),
    Order("capitals", "Write in capital letters only.", "Say good morning in a sentence.", ""),
    Order("pineapple", "End every answer with the word pineapple.", "Name a colour.", "pineapple"),
)
THOUGHT_OF = "Anna is twice as old as Ben was when she was his age now; Ben is 24. How old is Anna?"
SWITCHES: Mapping[str, tuple[str, ...]] = {
    "/no_think": ("Qwen 2 to 3",),
    "/nothink": ("GLM-4 and 4.5",),
}
"""What turns thinking off at the end of a text, and whose template or training has it."""
