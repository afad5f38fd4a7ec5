"""Russian and Arabic: more sentences that tell who is speaking, and more that do not."""

import json
from pathlib import Path

import pytest

from cloak.words.recall_kit import WATCH
from cloak.words.words_kit import filtered

SENTENCES = json.loads(Path(__file__).with_name("sentences_ru_ar.json").read_text(encoding="utf-8"))
NAMES = (("Zhipu AI", "GLM-5"), ("Quillmere", "Osprey 2.5"))


def written(sentence):
    """It with the names of two labs, and which names those are."""
    for maker, model in NAMES:
        slots = {"{maker}": maker, "{model}": model}
        used = [name for slot, name in slots.items() if slot in sentence]
        yield sentence.replace("{maker}", maker).replace("{model}", model), used


def is_touched(text):
    return bool(filtered([text], watch=WATCH)[1])


@pytest.mark.parametrize("language", SENTENCES)
def test_names_told_are_gone(language):
    shown = [
        (filtered([text], watch=WATCH)[0], used)
        for sentence in SENTENCES[language]["told"]
        for text, used in written(sentence)
    ]
    assert [text for text, used in shown if any(name in text for name in used)] == []


@pytest.mark.parametrize("language", SENTENCES)
def test_names_not_told_stay(language):
    touched = [
        text
        for sentence in SENTENCES[language]["untold"]
        for text, _ in written(sentence)
        if is_touched(text)
    ]
    assert touched == []
