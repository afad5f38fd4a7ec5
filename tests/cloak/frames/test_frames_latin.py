"""More sentences of four languages, by class: what the shared list had missed or touched."""

import json
from pathlib import Path

import pytest

from cloak.frames.test_frames import places
from darkhorse.cloak.words.frames import judge

HERE = Path(__file__).parent
LANGUAGES = ("english", "french", "german", "spanish")


def misjudged(language, part, wanted):
    listed = json.loads((HERE / f"{language}.json").read_text(encoding="utf-8"))[part]
    return [
        sentence
        for sentence in listed
        if any(
            judge(before, kind, after, ended=True) != wanted
            for kind, before, after in places(sentence)
        )
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_told(language):
    assert misjudged(language, "told", "yes") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_untold(language):
    assert misjudged(language, "untold", "no") == []
