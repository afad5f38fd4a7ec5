"""What cannot be asked of a model's chat form."""

__all__ = ["ChatError", "TooLong"]


class ChatError(ValueError):
    """A conversation, tool or tokenizer that cannot be used; its text says why, and what would."""


class TooLong(ChatError):
    """A prompt beyond what there is room for."""
