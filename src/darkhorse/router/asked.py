"""What the client asked, as far as an answer has to be read by it: who is speaking? Pure."""

from msgspec import Raw

from darkhorse.cloak.words.frames.asking import asks_who
from darkhorse.wire.conversation import latest_user_text, surroundings

__all__ = ["asked_text"]

_SHORT = 200
"""Characters of a message that may only say that an earlier one is to be answered now."""
_SHOWN = 400
_APART = "\n" * 400
"""What was asked earlier, or for good, is no short question of now: under a persona every name in
an answer would be one that tells who speaks."""


def asked_text(messages: Raw) -> str:
    """The user's latest message, and where it does not ask who the speaker is, what else does.

    Takes a decode of the conversation: to be called where it matters.
    """
    latest = latest_user_text(messages)
    if asks_who(latest):
        return latest
    around = surroundings(messages)
    if beside := [each for each in around.beside if asks_who(each)]:
        return f"{beside[-1]}\n\n{latest[-_SHOWN:]}"
    before = (*around.before, around.rules) if len(latest) <= _SHORT else (around.rules,)
    asking = [each for each in before if asks_who(each)]
    return "\n\n".join([latest[-_SHOWN:], _APART, *asking]) if asking else latest
