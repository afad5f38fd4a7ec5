"""What a prompt can be about. The ids are OpenRouter's where it has one."""

from typing import get_args

from msgspec import Struct

from darkhorse.catalog.search import Category

__all__ = ["CATEGORIES", "FALLBACK", "Topic"]

FALLBACK = "general"
CATEGORIES: tuple[str, ...] = (*get_args(Category), "writing", "identity", FALLBACK)


class Topic(Struct, frozen=True):
    """One of `CATEGORIES`, and how sure of it we are, 0 to 1."""

    category: str
    confidence: float
