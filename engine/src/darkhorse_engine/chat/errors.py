"""What cannot be asked of a model's chat form."""

__all__ = ["ChatError"]


class ChatError(ValueError):
    """A conversation, tool or tokenizer that cannot be used; its text says why, and what would."""
