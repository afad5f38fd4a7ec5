"""What a prompt can be about. The ids are OpenRouter's where it has one."""

from msgspec import Struct

__all__ = ["CATEGORIES", "FALLBACK", "Topic"]

CATEGORIES = (
    "programming",
    "roleplay",
    "marketing",
    "marketing/seo",
    "technology",
    "science",
    "translation",
    "legal",
    "finance",
    "health",
    "trivia",
    "academia",
    "writing",
    "identity",
    "general",
)
FALLBACK = "general"


class Topic(Struct, frozen=True):
    """One of `CATEGORIES`, and how sure of it we are, 0 to 1."""

    category: str
    confidence: float
