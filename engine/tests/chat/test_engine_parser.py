"""The parser of streams: what it makes of whole answers, and that no cut of them matters."""

import itertools
import json
import time

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from chat.answers import NOW, TOOLS, WEATHER, arg, call, read
from darkhorse_engine.chat.events import CallArguments, Content, Reasoning
from darkhorse_engine.chat.parser import Parser

GLM = (
    "I think <tool_call>not yet</tool_call> of 3 < 4.</think>Well, <b>let's</b> see </tool_call>."
    "<tool_call>get_weather"
    + arg("city", 'Zürich "old" </arg_valu <tool_call>now</tool_call> \\n\n日本 🎉')
    + arg("days", " 3 ")
    + arg("near", '["a</arg_value>", "b"]')
    + "</tool_call><tool_call>now</tool_call>\n<tool_cal>done<tool_call>now"
)
GLM_EVENTS = [
    Reasoning("I think <tool_call>not yet</tool_call> of 3 < 4."),
    Content("Well, <b>let's</b> see </tool_call>."),
    *call(
        0,
        "get_weather",
        '{"city": "Zürich \\"old\\" </arg_valu <tool_call>now</tool_call> \\\\n\\n日本 🎉", '
        '"days": 3, "near": ["a</arg_value>", "b"]}',
    ),
    *call(1, "now", "{}"),
    Content("\n<tool_cal>done<tool_call>now"),
]
HERMES = (
    '<think>Hm.</think>Ok.\n<tool_call>\n{"name": "get_weather", "arguments": {"city": "a</tool_ca'
    'll>\\"}", "near": [[1], {"x": "}"}]}}\n</tool_call> <tool_call>{"arguments": {"a": 1}, '
    '"id": 7, "name": "now"}</tool_call><tool_call>none</tool_call> end'
)
HERMES_EVENTS = [
    Reasoning("Hm."),
    Content("Ok.\n"),
    *call(0, "get_weather", '{"city": "a</tool_call>\\"}", "near": [[1], {"x": "}"}]}'),
    Content(" "),
    *call(1, "now", '{"a": 1}'),
    Content("<tool_call>none</tool_call> end"),
]
RICH = [("glm", True, GLM, GLM_EVENTS), ("hermes", False, HERMES, HERMES_EVENTS)]


@pytest.mark.parametrize(("form", "is_thinking", "text", "events"), RICH)
def test_a_rich_answer_is_read(form, is_thinking, text, events):
    assert len(text) > 148
    assert read([text], form, is_thinking=is_thinking) == events


@pytest.mark.parametrize(("form", "is_thinking", "text", "events"), RICH)
def test_every_split_point_reads_the_same(form, is_thinking, text, events):
    for at in range(len(text)):
        assert read([text[:at], text[at:]], form, is_thinking=is_thinking) == events
    assert read(list(text), form, is_thinking=is_thinking) == events


@pytest.mark.parametrize(
    ("form", "text"),
    [
        ("glm", "x</think>y<tool_call>now" + arg("k", "v</arg_value>") + "</tool_call>z"),
        (
            "hermes",
            '<think>x</think><tool_call>{"name":"f","arguments":"{\\"a\\":1}"}</tool_call>y',
        ),
    ],
)
def test_all_pairs_of_splits_read_the_same(form, text):
    whole = read([text], form, is_thinking=form == "glm")
    assert len(whole) >= 5
    for a, b in itertools.combinations(range(len(text) + 1), 2):
        assert read([text[:a], text[a:b], text[b:]], form, is_thinking=form == "glm") == whole


PIECES = [
    "<think>",
    "</think>",
    "<tool_call>",
    "</tool_call>",
    "<arg_key>",
    "</arg_key>",
    "<arg_value>",
    "</arg_value>",
    "now",
    "get_weather",
    "city",
    "days",
    '"',
    "{",
    "}",
    "[",
    "]",
    ":",
    ",",
    "\\",
    '{"name": "now"',
    '"arguments": {',
    '{"name":',
    "\n",
    " ",
    "<",
    "</",
    "1",
    "null",
]
JUNK = st.lists(
    st.one_of(st.sampled_from(PIECES), st.text(max_size=3), st.just(" " * 65), st.just("k" * 300)),
    max_size=25,
).map("".join)


@settings(max_examples=300)
@given(JUNK, st.data(), st.sampled_from(["glm", "hermes"]), st.booleans())
@example("<tool_call>now<arg_key>" + "k" * 260 + "</arg_key>", None, "glm", False)  # noqa: FBT003
def test_any_split_of_anything_reads_the_same(text, data, form, is_thinking):
    whole = read([text], form, is_thinking=is_thinking)
    assert read(list(text), form, is_thinking=is_thinking) == whole
    if data is not None:
        cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=6)))
        pieces = [text[a:b] for a, b in itertools.pairwise([0, *cuts, len(text)])]
        assert read(pieces, form, is_thinking=is_thinking) == whole


@settings(max_examples=200)
@given(JUNK, st.sampled_from(["glm", "hermes"]))
def test_whole_calls_are_json_and_indices_count(text, form):
    events = read([text], form)
    started = [each for each in events if hasattr(each, "name")]
    finished = [each for each in events if hasattr(each, "is_whole")]
    assert [each.index for each in started] == list(range(len(started)))
    assert [each.index for each in finished] == list(range(len(started)))
    for end in finished:
        if end.is_whole:
            said = [e.text for e in events if isinstance(e, CallArguments) and e.index == end.index]
            assert isinstance(json.loads("".join(said)), dict)


@given(st.text(), st.booleans())
def test_without_tools_no_text_is_a_call_and_nothing_is_lost(text, is_thinking):
    text += "<tool_call>now</tool_call>"
    parts = read([text], tools=[], is_thinking=is_thinking)
    assert {type(part) for part in parts} <= {Reasoning, Content}
    if "think>" not in text:
        assert "".join(part.text for part in parts) == text


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ("", []),
        ("<thin", [Content("<thin")]),
        ("  <think>a", [Reasoning("a")]),
        (" " * 65 + "<think>a", [Content(" " * 65 + "<think>a")]),
        ("code: <think>a</think>", [Content("code: <think>a</think>")]),
        ("<think></think>a", [Content("a")]),
        ("<think>a</thi", [Reasoning("a</thi")]),
    ],
)
def test_thoughts_stand_at_the_beginning(text, events):
    assert read([text]) == events


@pytest.mark.parametrize(
    ("key", "text", "value"),
    [
        ("city", "42", "42"),
        ("city", ' "x" ', ' "x" '),
        ("city", "</arg_value", "</arg_value"),
        ("city", "a</arg_value>b", "a</arg_value>b"),
        ("city", "</arg_value>" + " " * 65, "</arg_value>" + " " * 65),
        ("code", "42", "42"),
        ("days", "42", 42),
        ("days", "many", "many"),
        ("days", "NaN", "NaN"),
        ("unit", "C", "C"),
        ("near", '\n["x"]\n', ["x"]),
        ("note", "null", None),
        ("note", "42", "42"),
        ("note", '"x"', '"x"'),
        ("place", '{"x": 1.5}', {"x": 1.5}),
        ("unheard", "42", 42),
        ("unheard", "forty", "forty"),
        ("city", "", ""),
    ],
)
def test_a_value_of_glm_becomes_what_the_schema_says(key, text, value):
    events = read(["<tool_call>get_weather" + arg(key, text) + "</tool_call>"])
    assert events[-1].is_whole
    assert json.loads(events[1].text) == {key: value}


@pytest.mark.parametrize(
    ("text", "events"),
    [
        # Whole names only: half of one is no call.
        ("<tool_call>get_wea", [Content("<tool_call>get_wea")]),
        ("<tool_call></tool_call>", [Content("<tool_call></tool_call>")]),
        ("<tool_call>no name</tool_call>", [Content("<tool_call>no name</tool_call>")]),
        ("<tool_call>now\n</tool_call>", call(0, "now", "{}")),
        ("<tool_call>now", [Content("<tool_call>now")]),
        ("<tool_call>now</tool_cal", [Content("<tool_call>now</tool_cal")]),
        ("<tool_call>f<arg_key>", call(0, "f", "", is_whole=False)),
        ("<tool_call>f<arg_key>ci", call(0, "f", '{"ci', is_whole=False)),
        (
            "<tool_call>get_weather<arg_key>city</arg_key><arg_value>Zür</arg",
            call(0, "get_weather", '{"city": "Zür</arg', is_whole=False),
        ),
        (
            "<tool_call>get_weather" + arg("days", "3"),
            call(0, "get_weather", '{"days": 3', is_whole=False),
        ),
        (
            "<tool_call>f<arg_key>a</arg_key>b</tool_call>",
            [*call(0, "f", "", is_whole=False), Content("a</arg_key>b</tool_call>")],
        ),
        # Too many blanks: the tag before them was text, and the call goes on.
        (
            "<tool_call>get_weather" + arg("city", "a") + " " * 65 + "</tool_call>",
            call(
                0,
                "get_weather",
                '{"city": "a</arg_value>' + " " * 65 + "</tool_call>",
                is_whole=False,
            ),
        ),
        ("<tool_call>now</tool_call>" * 2, [*call(0, "now", "{}"), *call(1, "now", "{}")]),
    ],
)
def test_odd_calls_of_glm(text, events):
    assert read([text]) == events


@pytest.mark.parametrize(
    ("text", "events"),
    [
        ('<tool_call>{"name": "now"}</tool_call>', call(0, "now", "{}")),
        ('<tool_call>{"name": "now", "arguments": null}', call(0, "now", "{}")),
        ('<tool_call>{"name": "f", "arguments": "{\\"a\\": 1}"}', call(0, "f", '{"a": 1}')),
        ('<tool_call>{"name": "f", "arguments": [1]}', call(0, "f", "[1]", is_whole=False)),
        ('<tool_call>{"name": "f", "parameters": {"a": 1}}', call(0, "f", '{"a": 1}')),
        (
            '<tool_call>{"name": "f", "arguments": {"a": "b',
            call(0, "f", '{"a": "b', is_whole=False),
        ),
        ('<tool_call>{"name": "f", "argum', call(0, "f", "", is_whole=False)),
        ('<tool_call>{"nam', [Content('<tool_call>{"nam')]),
        ('<tool_call>{"a": {}}</tool_call>!', [Content('<tool_call>{"a": {}}</tool_call>!')]),
        (
            '<tool_call>{"name": "f", garbage</tool_call> and on',
            [*call(0, "f", "", is_whole=False), Content(" garbage</tool_call> and on")],
        ),
        (
            '<tool_call>{"name": "f", "arguments": {}} text',
            [*call(0, "f", "{}"), Content(" text")],
        ),
    ],
)
def test_odd_calls_in_json(text, events):
    assert read([text], "hermes") == events


def test_arguments_stream_before_their_end():
    parser = Parser("glm", [WEATHER])
    parser.feed("<tool_call>get_weather<arg_key>city</arg_key><arg_value>")
    assert parser.feed("Zür") == [CallArguments(0, "Zür")]
    parser = Parser("hermes", [NOW])
    parser.feed('<tool_call>{"name": "now", "arguments": ')
    assert parser.feed('{"a": "b') == [CallArguments(0, '{"a": "b')]


def test_what_is_no_call_does_not_wait_for_the_end():
    parser = Parser("hermes", TOOLS)
    said = parser.feed('x<tool_call>{"name": "f", garbage')
    assert said == [Content("x"), *call(0, "f", "", is_whole=False), Content(" garbage")]
    assert parser.feed("<tool_call>no") == [Content("<tool_call>"), Content("no")]


def test_content_waits_for_no_more_than_half_a_tag():
    parser = Parser("glm", TOOLS)
    assert parser.feed("Hello <") == [Content("Hello ")]
    assert parser.feed("b>") == [Content("<b>")]


@pytest.mark.parametrize("form", ["glm", "hermes"])
@pytest.mark.parametrize(
    "unit",
    [
        "<tool_call>",
        '<tool_call>{"":"',
        '<tool_call>{"\\":',
        "<tool_call>a" + arg("b", "c")[:-3],
        "<",
        "</arg_value> ",
        " ",
        "<tool_call>f<arg_key>",
    ],
)
def test_time_is_linear_in_the_answer(form, unit):
    """Doubled thrice, an answer takes about eight times as long; sixteen times is no line."""

    def seconds(times):
        text = "<tool_call>now<arg_key>a</arg_key><arg_value>" + unit * times
        start = time.thread_time()
        read([text[at : at + 5] for at in range(0, len(text), 5)], form)
        return time.thread_time() - start

    short = min(seconds(300) for _ in range(3))
    assert seconds(2400) < 24 * short + 0.05
