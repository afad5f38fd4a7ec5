"""Prompts with a category, written for learning (`labelled`) and for judging (`held_out`)."""

from collections.abc import Iterator
from importlib import resources

import msgspec
from msgspec import Struct

__all__ = ["LANGUAGES", "Prompt", "prompts"]

LANGUAGES = ("en", "zh", "es", "ru")


class Prompt(Struct, frozen=True):
    text: str
    category: str
    language: str


def prompts(folder: str) -> Iterator[Prompt]:
    """All prompts of a folder beside this file; one JSON object a line, a file a language."""
    decoder = msgspec.json.Decoder(Prompt)
    here = resources.files("darkhorse.analytics.topics") / folder
    for language in LANGUAGES:
        lines = (here / f"{language}.jsonl").read_bytes().splitlines()
        yield from map(decoder.decode, lines)
