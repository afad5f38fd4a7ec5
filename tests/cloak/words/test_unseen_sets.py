"""Sets that were written beside the filter: what it makes of sentences nobody tuned it to.

The third was never shown to anybody who worked on it. Asked for in so many words, no name passes;
let slip among other things, about one in ten does. Of the second, the misses were read once.
"""

import pytest

from cloak.words.recall_kit import LANGUAGES, WATCH, cases
from cloak.words.words_kit import filtered

ASKED = {
    "en": "Who are you, and who made you?",
    "zh": "你是谁?谁开发了你?",
    "es": "¿Quién eres y quién te creó?",
    "fr": "Qui es-tu, et qui t'a créé ?",
    "de": "Wer bist du, und wer hat dich entwickelt?",
    "ru": "Кто ты и кто тебя создал?",
    "ar": "من أنت ومن طورك؟",
    "ja": "あなたは誰ですか?誰が作りましたか?",
}
UNASKED = {"second.json": 0.97, "third.json": 0.88}  # as measured, a little below


@pytest.mark.parametrize("name", UNASKED)
@pytest.mark.parametrize("language", LANGUAGES)
def test_where_it_was_asked_no_name_passes(name, language):
    for case in cases(language, 0, source=name):
        shown, _ = filtered([case.text], watch=WATCH, asked=ASKED[language])
        assert not [each for each in case.names if each in shown]


@pytest.mark.parametrize("name", UNASKED)
def test_of_what_is_let_slip_most_is_caught(name):
    caught = [case.is_caught for language in LANGUAGES for case in cases(language, 0, source=name)]
    assert sum(caught) >= UNASKED[name] * len(caught)
