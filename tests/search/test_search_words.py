"""Words of any script, and questions in people's words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.search.query import expression, is_met, read_query, snippet
from darkhorse.storage.ledger.search.words import words_of

TEXTS = st.text(
    st.one_of(
        st.characters(max_codepoint=0x250),
        st.sampled_from("北京大学日本語のテキストไทยကမ်း한국어😀🏽👍हिन्दीعربي ẞſ ﬁ İ Ⅷ"),
        st.characters(),
    ),
    max_size=60,
)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("The QUICK fox, 2x", ["the", "quick", "fox", "2x"]),
        ("snake_case and a.b", ["snake", "case", "and", "a", "b"]),
        ("Café naïve", ["cafe", "naive"]),
        ("Straße", ["strasse"]),
        ("ＦＵＬＬ ｶﾞ", ["full", "ガ"]),  # noqa: RUF001 (wide letters are meant)
        ("北京大学", ["北京", "京大", "大学", "学"]),
        ("用Python写", ["用", "python", "写"]),
        ("good👍🏽", ["good", "👍", "🏽"]),
        ("हिन्दी में", ["हिन्दी", "में"]),
        ("한국어 검색", ["한국어", "검색"]),
        ("a" * 100, ["a" * 64]),
        ("…", []),
    ],
)
def test_text_becomes_words(text, words):
    assert words_of(text) == words


@given(TEXTS)
def test_words_hold_nothing_that_the_index_would_take_apart(text):
    for word in words_of(text):
        assert word
        assert all(char.isalnum() or not char.isascii() for char in word)


@given(TEXTS, st.data())
def test_any_stretch_of_words_is_a_phrase_of_its_text(text, data):
    bare = text.replace('"', " ")
    pieces = bare.split()
    if not pieces:
        return
    first = data.draw(st.integers(0, len(pieces) - 1))
    last = data.draw(st.integers(first + 1, len(pieces)))
    phrase = " ".join(pieces[first:last])
    if words_of(phrase):
        assert is_met(read_query(f'"{phrase}"'), bare)
        assert not is_met(read_query(f'"{phrase}" -"{phrase}"'), bare)


@pytest.mark.parametrize(
    ("question", "text", "met"),
    [
        ("quick fox", "a fox is quick", True),
        ("quick fox", "a fox", False),
        ('"quick fox"', "the quick fox", True),
        ('"quick fox"', "fox quick", False),
        ("fox -quick", "a quick fox", False),
        ('fox -"quick fox"', "a fox, quick", True),
        ('fox -"quick fox"', "a quick fox", False),
        ("qui*", "the quick", True),
        ("qui*", "the quack", False),
        ('"the qui"*', "see the quick one", True),
        ("大学", "北京大学在", True),
        ("北学", "北京大学", False),
        ("大", "北京大学", True),
        ("京大学在海", "在北京大学在海淀", True),
        ("大学在京", "北京大学在海淀 在京", False),
        ("foo_bar", "foo bar", True),
        ("foo_bar", "bar foo", False),
        ("CAFÉ", "cafe", True),
        ("👍", "good👍🏽", True),
    ],
)
def test_questions(question, text, met):
    assert is_met(read_query(question), text) is met


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ('"no end', "quotation mark"),
        ('in"side', "quotation mark"),
        ("-only", "at least one word"),
        ("   ", "at least one word"),
        ("qu*ck", "star can only stand at the end"),
        ("*", "no letter"),
        ("fox -", "no letter"),
        ("?!", "no letter"),
    ],
)
def test_bad_questions_are_told(question, told):
    with pytest.raises(ConfigError, match=told):
        read_query(question)


@given(st.text(max_size=40))
def test_any_question_is_read_or_refused(question):
    try:
        query = read_query(question)
    except ConfigError:
        return
    assert expression(query).startswith('("')


def test_a_snippet_shows_the_first_word_that_was_wanted():
    text = "before " * 50 + "the  MULE\nstands here " + "after " * 50
    shown = snippet(read_query("mule -horse"), text)
    assert "the MULE stands here" in shown
    assert shown.startswith("…before")
    assert shown.endswith("…")
    assert len(shown) < 200
    assert snippet(read_query("mu*"), "a Mule") == "a Mule"
