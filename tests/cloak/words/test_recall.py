"""How much of what models say of themselves is caught, by templates written before the filter."""

import pytest

from cloak.words.recall_kit import LANGUAGES, NAMES, WATCH, cases, forged, honest
from cloak.words.words_kit import filtered

AT_LEAST = 0.99


def _missed(some):
    """Numbers only: nobody should tune the filter to single templates."""
    caught = [case.is_caught for case in some]
    return len(caught) - sum(caught), len(caught)


@pytest.mark.parametrize("language", LANGUAGES)
def test_self_identifications_are_caught(language):
    missed, all_ = _missed(case for seed in range(3) for case in cases(language, seed))
    assert missed <= (1 - AT_LEAST) * all_, language


@pytest.mark.parametrize("language", LANGUAGES)
def test_forged_names_are_caught(language):
    missed, all_ = _missed(case for seed in range(2) for case in cases(language, seed, forged))
    assert missed <= (1 - AT_LEAST) * all_, language


@pytest.mark.parametrize("language", LANGUAGES)
def test_wherever_it_is_split(language):
    differing = 0
    for case in cases(language, 0):
        whole = filtered([case.text], watch=WATCH)
        splits = ((case.text[:cut], case.text[cut:]) for cut in range(1, len(case.text)))
        differing += sum(filtered(pieces, watch=WATCH) != whole for pieces in splits)
        differing += filtered(case.text, watch=WATCH) != whole
    assert not differing


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_name_is_found(language):
    """The engine's part, if every frame told who speaks."""
    missed = [
        case.names
        for seed in range(2)
        for written in (None, forged)
        for case in cases(language, seed, written)
        if not case.is_caught_in([case.text], NAMES)
    ]
    assert missed == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_honest_sentences_stay(language):
    some = [text for seed in range(3) for text in honest(language, seed)]
    touched = sum(filtered([text], watch=WATCH)[0] != text for text in some)
    all_ = len(some)
    assert touched <= 0.02 * all_, language
