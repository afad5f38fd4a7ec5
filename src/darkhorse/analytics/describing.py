"""Describes a generation: what was asked, in which language, and what became of it. Pure.

A request is read lightly (analytics/reading), a category comes from the classifier
(analytics/topics) and, for questions of who the model is, from a rule on top. An answer is held
against what was asked of it (analytics/answers.py), a failure brought down to what it says
(analytics/signature.py).
"""

from xxhash import xxh3_64_intdigest

from darkhorse.analytics.answers import called, read_answer, troubles
from darkhorse.analytics.reading import Reading, asks_who, preview, read
from darkhorse.analytics.signature import signature
from darkhorse.analytics.topics import classify, language_of
from darkhorse.cloak.tokens import count, size
from darkhorse.storage.records import EndRecord, StartRecord
from darkhorse.storage.traits import Asked, Describer, Expected, Told

__all__ = ["describer"]

_VERSION = 1  # of what is said here, of the classifier, and of the rules for refusals
_SURE = 0.6  # of a category
_SHORT = 120  # characters: so short a text is a question of who it is where it reads like one
_63_BITS = (1 << 63) - 1


def describer() -> Describer:
    """The one there is."""
    return _Describer()


class _Describer:
    version = _VERSION

    def asked(self, start: StartRecord, body: bytes) -> Asked:
        reading = read(start.dialect, body)
        text = reading.text
        return Asked(
            category=_category(text),
            language=language_of(text) if text else "",
            length=count(size(text)),
            turns=max(1, reading.turns),
            tools=bool(reading.tools),
            schema=reading.schema is not None,
            media=reading.media,
            preview=preview(text),
            said=_said(start.key, reading),
            expected=Expected(reading.tools, reading.schema),
        )

    def told(self, expected: Expected, end: EndRecord, answer: bytes) -> Told:
        read = read_answer(answer)
        return Told(
            called=called(read),
            troubles=troubles(expected, end, read),
            signature=signature(end),
        )


def _category(text: str) -> str:
    if not text:
        return "general"
    topic = classify(text)
    is_open = topic.confidence < _SURE or len(text) <= _SHORT
    return "identity" if is_open and asks_who(text) else topic.category


def _said(key: str, reading: Reading) -> int:
    """The message before the newest counts, too: prompts in a row may all end with the same one."""
    if not reading.newest:
        return 0
    parts = (key.encode(), b"%d" % reading.messages, *reading.newest)
    digest = xxh3_64_intdigest(b"\0".join(parts)) & _63_BITS
    return digest or 1
