"""Halves of characters: JSON can carry them one by one, and nothing else can."""

__all__ = ["sound"]


def sound(text: str) -> str:
    """The text with halves joined where two meet; one that is alone becomes U+FFFD."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
