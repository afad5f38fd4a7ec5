"""The desk shows what strangers wrote, and is not steered by it."""

import json
import re
from html.parser import HTMLParser

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from insight_kit import PONY, Scene, launch
from markupsafe import Markup

from darkhorse.storage.finding import Hit
from darkhorse.web.desk.insight.views.artefacts import MOST, artefacts_of
from darkhorse.web.desk.insight.views.search import marked
from darkhorse.web.talk import talk_of

EVIL = "</td><script>alert(1)</script><img src=x onerror=alert(1)>\"'{{7*7}}\u202egnp.exe"
LONG = "x" * 10_000
PATHS = ("/", "/traffic", "/asked", "/asked/prompts", "/trouble", "/generation/gen-1")


@pytest.fixture(scope="module")
def scene(tmp_path_factory):
    """A stranger has put a script wherever he may write."""
    scene = Scene(tmp_path_factory.mktemp("hostile"), launch())
    asked = {"category": EVIL, "language": EVIL, "preview": EVIL}
    told = {"signature": EVIL, "troubles": ["retried", "refused", "tool_call"]}
    call = {"id": EVIL, "type": "function", "function": {"name": EVIL, "arguments": EVIL}}
    messages = [
        {"role": "user", "name": EVIL, "content": EVIL},
        {"role": "assistant", "tool_calls": [call], "reasoning": EVIL, "content": LONG},
        {"role": "tool", "tool_call_id": EVIL, "content": EVIL},
        {"role": "user", "content": [{"type": "text", "text": EVIL}]},
    ]
    scene.put(
        asked=asked,
        told=told,
        body={"messages": messages, "stop": EVIL},
        answer={"content": EVIL, "reasoning": EVIL, "refusal": EVIL},
        ends={"outcome": "failed", "error_type": EVIL, "finish": "error"},
        app_title=EVIL,
        app_url=EVIL,
        user_agent=EVIL,
        session="s1",
    )
    scene.put(LONG, asked={"preview": LONG[:160]}, app_title=LONG, app_url="", session="s1")
    scene.finder.hits = [Hit(EVIL, 0, PONY, EVIL)]
    yield scene
    scene.close()


class Tags(HTMLParser):
    """Which there are, and with which attributes."""

    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)
        self.close()

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))


def check(html):
    assert "49" not in re.findall(r"\{\{7\*7\}\}|\b49\b", html)
    assert "\u202e" not in html
    for tag, attributes in Tags(html).found:
        assert not any(name.startswith("on") or name == "style" for name in attributes)
        assert tag not in ("img", "object", "embed", "base")
        if tag == "script":
            assert "src" in attributes or attributes.get("type") == "application/json"
        for name in ("href", "src", "action", "hx-get", "data-live"):
            assert attributes.get(name, "/").startswith(("/", "#")), attributes


@pytest.mark.parametrize("path", PATHS)
def test_text_of_strangers_is_text(scene, path):
    page = scene.get(path)
    assert page.status == 200
    assert path == "/" or "&lt;script&gt;alert(1)" in page.text
    check(page.text)


def test_in_addresses_too(scene):
    for path in (
        "/search?q=%3Cscript%3Ealert(1)%3C/script%3E",
        "/search?name=%22onload=alert(1)",
        "/asked/prompts?category=%3Cscript%3E&signature=%22%3E%3Cb%3E&person=javascript:x",
        "/generation/%3Cscript%3E",
        "/generation/..%2f..%2fetc",
        "/traffic?before=9,%3Cscript%3E",
    ):
        page = scene.get(path)
        assert page.status in (200, 404)
        check(page.text)


def test_in_the_numbers_of_charts_too(scene):
    island = scene.get("/asked").text.partition('<script type="application/json">')[2]
    told = json.loads(island.partition("</script>")[0])
    assert told["series"]
    assert "<" not in island.partition("</script>")[0]


def test_in_the_pieces_that_a_page_is_sent_while_it_is_open(scene):
    page = scene.get("/traffic")
    rows = page.text.partition('id="rows">')[2].partition("</tbody>")[0]
    assert "&lt;script&gt;" in rows
    check(rows)


@settings(max_examples=60, deadline=None)
@given(text=st.text(max_size=60), words=st.text(max_size=20))
def test_marks_are_all_that_a_snippet_gains(text, words):
    made = str(marked(text, words))
    assert {tag for tag, _ in Tags(made).found} <= {"mark"}
    bare = Markup(made.replace("<mark>", "").replace("</mark>", "")).unescape()
    assert len(bare) == len(text)


@settings(max_examples=80, deadline=None)
@given(body=st.binary(max_size=200), dialect=st.sampled_from(["chat", "messages", "responses", ""]))
def test_whatever_a_body_is_it_is_a_talk_or_a_sentence(body, dialect):
    talk = talk_of(dialect, body)
    assert talk.problem or talk.turns


_json = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text(max_size=5),
    lambda each: (
        st.lists(each, max_size=3) | st.dictionaries(st.text(max_size=4), each, max_size=3)
    ),
    max_leaves=6,
)
_message = st.fixed_dictionaries(
    {"role": st.sampled_from(["user", "assistant", "tool", "system"])},
    optional={
        "content": st.text(max_size=9)
        | st.none()
        | st.lists(
            st.dictionaries(st.sampled_from(["type", "text", "image_url"]), _json), max_size=2
        ),
        "tool_calls": st.lists(
            st.dictionaries(st.sampled_from(["id", "function"]), _json), max_size=2
        ),
        "name": _json,
        "reasoning": _json,
        "tool_call_id": _json,
    },
)


@settings(max_examples=120, deadline=None)
@given(messages=st.lists(_message, min_size=1, max_size=3))
def test_whatever_messages_hold_they_are_a_talk_or_a_sentence(messages):
    talk = talk_of("chat", json.dumps({"model": "m", "messages": messages}).encode())
    assert talk.problem or len(talk.turns) == len(messages)


@settings(max_examples=100, deadline=None)
@given(parts=st.lists(st.sampled_from(["```html", "```", "~~~svg", "~~~", "<b>", "````", "x"])))
def test_fences_open_and_close(parts):
    text = "\n".join(parts)
    found = artefacts_of(text)
    assert len(found) <= min(MOST, text.count("html") + text.count("svg"))
    assert all(each.code in text for each in found)


def test_a_thousand_open_fences_are_read_once():
    text = "```html\n" * 50_000
    assert len(artefacts_of(text)) == 1
