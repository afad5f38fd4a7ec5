"""The public token: ⌈UTF-8 bytes / 4⌉ of each text part, and a fixed number for a frame.

Exact, free, may be cut anywhere, needs no vocabulary and belongs to no vendor.
"""

from collections.abc import Iterable

__all__ = ["BYTES", "MEDIA_PART", "MESSAGE_FRAME", "count", "cut", "prompt_tokens", "size"]

BYTES = 4
MESSAGE_FRAME = 4
"""Public tokens for the frame of one message."""
MEDIA_PART = 1024
"""Public tokens for an image, a piece of audio or video, or a file, whatever its size."""


def count(size: int) -> int:
    """Public tokens of a text part of `size` UTF-8 bytes."""
    return -(-size // BYTES)


def size(text: str) -> int:
    """UTF-8 bytes of a text."""
    return len(text) if text.isascii() else len(text.encode())


def prompt_tokens(messages: int, text_bytes: Iterable[int], media_parts: int = 0) -> int:
    """Public tokens of a prompt: its parts, and a frame for each message."""
    return messages * MESSAGE_FRAME + sum(map(count, text_bytes)) + media_parts * MEDIA_PART


def cut(text: str, size: int) -> str:
    """The longest beginning of `text` that fits in `size` UTF-8 bytes, whole characters only."""
    if len(text) * 4 <= size:
        return text
    data = text.encode("utf-8", "surrogatepass")
    if len(data) <= size:
        return text
    return data[:size].decode("utf-8", "ignore")
