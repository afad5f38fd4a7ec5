"""JSON stays JSON: structure, keys of arguments and whatever is not replaced stay as they are."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from cloak.words.words_kit import ALL_YES, FINDS, LABS, filtered, pieces_of, shown
from darkhorse.cloak.words.watch import Watch

keys = st.sampled_from(["GLM", "a", '"', "I am GLM", "by \U0001f600 GLM"])
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False) | st.text(max_size=12)
    | st.sampled_from(["I am GLM-5", 'by "Zhipu"\n', "made by 智谱", "\\Claude", "😀 I am Grok"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=3),
    max_leaves=12,
)  # fmt: skip
ways = st.sampled_from([{}, {"ensure_ascii": False}, {"indent": 2}, {"separators": (",", ":")}])


def _replaced(value, key=str):
    """What the filter should make of a value: every string by itself, keys by `key`."""
    if isinstance(value, str):
        return _said(value)
    if isinstance(value, list):
        return [_replaced(each, key) for each in value]
    if isinstance(value, dict):
        return {key(name): _replaced(each, key) for name, each in value.items()}
    return value


def _said(text):
    return shown(text, part="reasoning")


@settings(max_examples=300, deadline=None)
@given(value=values, way=ways, cuts=st.lists(st.integers(0, 200), max_size=8))
def test_each_string_is_a_passage_of_its_own(value, way, cuts):
    document = json.dumps(value, **way)
    out, _ = filtered(pieces_of(document, cuts), part="arguments")
    assert json.loads(out) == _replaced(value)
    if isinstance(value, dict | list):
        answer, _ = filtered(pieces_of(document, cuts), part="text")
        assert json.loads(answer) == _replaced(value, _said)


@pytest.mark.parametrize(
    ("document", "expected"),
    [
        (r'{"a": "G\u004cM\u002d5"}', '{"a": "[model withheld]"}'),
        (r'{"a": "\u667a\u8c31!\n"}', r'{"a": "[maker withheld]!\n"}'),
        (r'["\ud83d\ude00 GLM", "\/\"\\"]', r'["\ud83d\ude00 [model withheld]", "\/\"\\"]'),
        (r'["GLM \ud83d", 1]', r'["[model withheld] \ud83d", 1]'),
        ('[1, true, null, -2.5e+3, ["GLM"]]', '[1, true, null, -2.5e+3, ["[model withheld]"]]'),
        ('{"a": [{"b": 1}], "c": "Grok"}', '{"a": [{"b": 1}], "c": "[model withheld]"}'),
        ('{"open": "Open", "ai": "AI"}', '{"open": "Open", "ai": "AI"}'),
    ],
)  # fmt: skip
def test_names_in_strings_are_replaced_and_nothing_else(document, expected):
    for cut in range(len(document)):
        pieces = (document[:cut], document[cut:])
        assert filtered(pieces, watch=FINDS, part="arguments")[0] == expected
        assert filtered(pieces, watch=FINDS)[0] == expected


def test_keys_are_replaced_in_an_answer_and_kept_in_arguments():
    document = r'{"GL\u004d": {"made by \"Zhipu": 1}}'
    for cut in range(len(document)):
        pieces = (document[:cut], document[cut:])
        assert filtered(pieces, watch=FINDS)[0] == (
            r'{"[model withheld]": {"made by \"[maker withheld]": 1}}'
        )
        assert filtered(pieces, watch=FINDS, part="arguments")[0] == document


@pytest.mark.parametrize("asked", ["who are you", "are you GLM"])
def test_a_key_is_an_answer_where_it_was_asked(asked):
    expected = '{"[model withheld]": "[maker withheld]", "true": 1}'
    assert shown('{"GLM-5": "Zhipu AI", "true": 1}', asked=asked) == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[GLM says:]", "[[model withheld] says:]"),
        ("[note] I am", "[note] I am"),
        ("{x} GLM", "{x} [model withheld]"),
        ('{"a": 1}\n\nGLM', '{"a": 1}\n\n[model withheld]'),
        ('{"a": "GLM', '{"a": "[model withheld]'),
        ('["a\\', '["a\\'),
        (r'{"a": "\x GLM \u12 GLM"}', r'{"a": "\x [model withheld] \u12 [model withheld]"}'),
        ("}}]] GLM", "}}]] [model withheld]"),
    ],
)
def test_what_only_begins_like_json_is_filtered_all_the_same(text, expected):
    for cut in range(len(text)):
        for part in ("text", "arguments"):
            assert filtered((text[:cut], text[cut:]), watch=FINDS, part=part)[0] == expected


def test_what_replaces_is_escaped():
    quoting = Watch(LABS, ALL_YES._replace(phrase=lambda *_: 'a "developer"\n\\'))
    out, withheld = filtered(['{"a": "GLM"}'], watch=quoting, part="arguments")
    assert json.loads(out) == {"a": 'a "developer"\n\\'}
    assert withheld[0].shown == 'a "developer"\n\\'
