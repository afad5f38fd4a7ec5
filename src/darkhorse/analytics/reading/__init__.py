"""A request's body read lightly, in each dialect: what the user said, and what was offered."""

from darkhorse.analytics.reading.identity import asks_who
from darkhorse.analytics.reading.request import Reading, read
from darkhorse.analytics.reading.words import own_words, preview

__all__ = ["Reading", "asks_who", "own_words", "preview", "read"]
