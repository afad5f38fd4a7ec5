"""What an API that tells nothing says: OpenRouter's shapes with values of nobody.

Written from docs/calling.md, which any client can read: the public token, ids, fields, headers.
Whatever an answer has beyond this is somebody's.
"""

import re
from collections.abc import Iterable

from darkhorse.attribution.client.public_count import public_tokens

__all__ = [
    "CALL_ID",
    "FINISHES",
    "GENERATION_ID",
    "MEDIUM_TOKENS",
    "MESSAGE_TOKENS",
    "PROVIDER",
    "prompt_tokens",
]

MESSAGE_TOKENS = 4
"""Public tokens that a message costs beside its text."""
MEDIUM_TOKENS = 1024
"""Public tokens of an image, a sound, a video, a file."""
PROVIDER = "stealth"
GENERATION_ID = re.compile(r"gen-\d+-(?![0-9a-f]{20}\Z)[0-9A-Za-z]{20}\Z")
CALL_ID = re.compile(r"call_(?![0-9a-f]{20}\Z)[0-9A-Za-z]{20}\Z")  # hex alone is no chance
FINISHES = frozenset({"stop", "length", "tool_calls", "content_filter", "error"})


def prompt_tokens(texts: Iterable[str], messages: int = 1) -> int:
    """What a prompt of these text parts in so many messages costs."""
    return sum(public_tokens(text) for text in texts) + MESSAGE_TOKENS * messages
