"""What is asked to see how something writes: tasks of many kinds, none that names a maker.

Kinds `political…` are reference prompts: questions of SpeechMap (github.com/xlr8harder/
speechmap-data, Apache-2.0), to which the shipped library's models gave their answers, so that a
target is held against answers to the very same words. All others are ours.
"""

from importlib.resources import files

import msgspec
from msgspec import Struct

__all__ = ["QUESTIONS", "Question"]


class Question(Struct, frozen=True, forbid_unknown_fields=True):
    """`kind`: what form of text it asks for, and in which language."""

    id: str
    kind: str
    text: str


QUESTIONS: tuple[Question, ...] = msgspec.json.decode(
    files("darkhorse.attribution.style").joinpath("questions.json").read_bytes(),
    type=tuple[Question, ...],
)
