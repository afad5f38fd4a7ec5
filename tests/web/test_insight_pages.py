"""The desk's figures and lists, over a ledger made by hand."""

import csv
import io
import json
import re

import pytest
from insight_kit import APP, HOUR_US, MULE, NOW, PONY, Scene, launch, tile
from pages_kit import Outline, words

from darkhorse.storage.finding import IndexState
from darkhorse.storage.records import Attempt
from darkhorse.web.desk.house import ChoreState, House
from darkhorse.web.desk.insight.views.search import index_words
from darkhorse.web.desk.insight.views.times import whole
from darkhorse.web.desk.span import Span
from darkhorse.wire.chunks import Usage

FAILED = {
    "outcome": "failed",
    "finish": "error",
    "status": 503,
    "error_type": "provider_overloaded",
}


@pytest.fixture
def scene(tmp_path):
    scene = Scene(tmp_path, launch(MULE, "retired"), launch())
    yield scene
    scene.close()


@pytest.fixture(scope="module")
def still(tmp_path_factory):
    """One generation, and nothing changes."""
    scene = Scene(tmp_path_factory.mktemp("still"), launch())
    scene.put("still listed")
    yield scene
    scene.close()


@pytest.fixture(scope="module")
def nothing(tmp_path_factory):
    scene = Scene(tmp_path_factory.mktemp("nothing"), launch())
    yield scene
    scene.close()


def cells(page, name):
    """The row of a table that begins with this."""
    found = re.search(rf'<tr><th scope="row">(?:<a [^>]*>)?{name}<.*?</tr>', page.text)
    assert found, name
    return re.findall(r'<td class="number">(.*?)</td>', found[0])


def test_the_day_is_held_against_the_one_before(scene):
    for at in range(6):
        scene.put(ago_s=3600 * at, person=f"p{at}", session="s1", ends={"usage": Usage(100, 50)})
    scene.put(ago_s=3600, ends={**FAILED, "usage": None})
    for at in range(3):
        scene.put(ago_s=3600 * (30 + at), ends={"usage": Usage(10, 5)})
    page = scene.get(f"/?launch={PONY}")
    assert page.status == 200
    assert tile(page, "Requests").startswith("7")
    assert "before 3, +133 %" in tile(page, "Requests")
    assert tile(page, "Tokens").startswith("910")  # of the failed one: its 10 of the prompt
    assert tile(page, "People").startswith("7")  # six, and person-1
    assert tile(page, "Sessions named").startswith("1")
    assert tile(page, "Errors") == "1 14.3 %, before 0 %"
    assert "“Before” is as long a time just before." in words(page.text)
    island = json.loads(
        page.text.partition('<script type="application/json">')[2].partition("<")[0]
    )
    assert [each["name"] for each in island["series"]] == ["prompt", "completion"]
    assert len(island["times"]) == 24
    assert sum(island["series"][0]["values"]) == 610


def test_tries_that_another_endpoint_made_good_are_told(scene):
    tries = [
        Attempt(endpoint=name, duration_ms=9.0, outcome=outcome)
        for name, outcome in (("west", "unreachable"), ("east", "ok"))
    ]
    scene.put(ends={"attempts": tuple(tries)})
    page = scene.get("/")
    assert tile(page, "Failed tries") == "1 50.0 % of 2 at endpoints"
    assert tile(page, "Errors").startswith("0")
    assert "before –" not in words(page.text)  # noqa: RUF001


def test_one_is_not_told_as_many(scene):
    scene.put()
    assert "whole hours: 1 request." in words(scene.get("/asked").text)
    assert "whole hours: 1 answer ended." in words(scene.get("/trouble").text)


def test_a_launch_is_counted_by_itself_and_all_of_them_together(scene):
    scene.put(listing=PONY, person="p")
    scene.put(listing=MULE, person="p")
    for path, requests in ((f"/?launch={PONY}", "1"), (f"/?launch={MULE}", "1"), ("/", "2")):
        page = scene.get(path)
        assert tile(page, "Requests").startswith(requests), path
        assert tile(page, "People").startswith("1"), path


def test_the_span_decides_what_is_counted(scene):
    scene.put(ago_s=60)
    scene.put(ago_s=3 * 3600)
    scene.put(ago_s=5 * 86_400)
    scene.put(ago_s=9 * 86_400)
    counts = {name: tile(scene.get(f"/?span={name}"), "Requests")[0] for name in
              ("1h", "24h", "7d", "30d", "all")}  # fmt: skip
    assert counts == {"1h": "1", "24h": "2", "7d": "3", "30d": "4", "all": "4"}


def test_what_needs_a_look_comes_first_and_leads_there(scene):
    for at in range(40):
        scene.put(ago_s=60 + at, ends={"usage": Usage(1, 1)})
    failed = [
        scene.put(ago_s=120 + at, ends=FAILED, told={"signature": "status 503: full"})
        for at in range(8)
    ]
    scene.store.shown = [launch(closes_us=NOW + 3 * HOUR_US)]
    scene.house.seen = House(
        at_us=NOW, keeper_at_us=NOW, chores=(ChoreState(name="pack", problem="disk <full>"),)
    )
    page = scene.get("/")
    told = page.text.partition('id="look"')[2].partition("</section>")[0]
    assert "16.7 % of answers failed (8)." in told
    assert "8 failures of one cause, it is new" in told
    assert any(f'href="/generation/{name}"' in told for name in failed)
    assert f'href="/launches/{PONY}">The window of {PONY} ends in 3 hours' in told
    assert "disk &lt;full&gt;" in told
    assert told.index("answers failed") < told.index("The window")  # the worst first


def test_a_quiet_launch_needs_no_look(scene):
    scene.store.shown = [launch(MULE, "retired")]
    scene.put(listing=MULE)
    assert 'id="look"' not in scene.get("/").text


def test_without_traffic_the_page_says_how_to_ask(scene):
    page = scene.get(f"/?launch={PONY}")
    assert "curl http://here:8000/api/v1/chat/completions" in page.text
    assert PONY in page.text
    scene.server_url = "http://here:8001"  # `up` notes it after the desk has begun
    assert "curl http://here:8001/api" in scene.get(f"/?launch={PONY}").text
    scene.store.shown = []
    assert "darkhorse launch create" in scene.get("/").text


@pytest.mark.parametrize(
    "path",
    [
        "/", "/traffic", "/asked", "/asked/prompts", "/trouble", "/search",
        "/search?q=a", "/?span=1h", "/?span=all",
    ],
)  # fmt: skip
def test_pages_stand_without_anything_to_show(nothing, path):
    page = nothing.get(path)
    assert page.status == 200
    assert page.headers["cache-control"] == "no-store"
    Outline(page.text)


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ("span=2y", "no time that a page can be about"),
        ("launch=nobody", "There is no launch nobody"),
        ("outcome=lost", "lost is no outcome; choose done"),
        ("trouble=%3Cb%3E", "<b> is no trouble"),
        ("app=-1", "no app's number"),
        ("app=9999999999999999999999", "no app's number"),
        ("tools=maybe", "is no tools"),
    ],
)
def test_a_query_that_is_none_is_a_sentence_on_the_page(still, query, sentence):
    page = still.get(f"/asked/prompts?{query}")
    assert page.status == 400
    assert sentence in words(page.text)
    assert "still listed" in page.text


def test_every_filter_keeps_what_it_names(scene):
    scene.put("a poem", asked={"category": "writing", "language": "zh"}, person="p9", session="s9")
    scene.put("a bug", asked={"category": "programming", "tools": True}, key="cd" * 32)
    scene.put(
        "broken", ends=FAILED, told={"signature": "connect: refused"}, app_title="", app_url=""
    )
    scene.put("no", told={"troubles": ["refused"]}, asked={"language": ""})
    scene.put("running", over=False)
    expected = {
        "category=writing": {"a poem"},
        "language=zh": {"a poem"},
        "language=none": {"no"},
        "outcome=failed": {"broken"},
        "outcome=running": {"running"},
        "trouble=refused": {"no"},
        "tools=yes": {"a bug"},
        f"app={APP}": {"a poem", "a bug", "no", "running"},
        "app=0": {"broken"},
        "error=provider_overloaded": {"broken"},
        "signature=connect%3A+refused": {"broken"},
        f"key={'cd' * 32}": {"a bug"},
        "person=p9": {"a poem"},
        "session=s9": {"a poem"},
        "amiss=1": {"broken", "no"},
        "category=writing&outcome=failed": set(),
    }
    every = {"a poem", "a bug", "broken", "no", "running"}
    for query, those in expected.items():
        page = scene.get(f"/asked/prompts?{query}")
        rows = page.text.partition('id="list"')[2].partition("</div>")[0]
        assert {text for text in every if f">{text}</a>" in rows} == those, query
        if query != "language=none":
            assert 'aria-current="true">' in page.text.partition("Filters that are on")[2], query


def test_a_long_list_is_turned_page_by_page(scene):
    names = [scene.put(f"prompt {at}", ago_s=at) for at in range(120)]
    path, seen = "/asked/prompts?category=general", []
    for _ in range(3):
        page = scene.get(path)
        seen += [name for name in names if f'href="/generation/{name}"' in page.text]
        path = page.text.partition('<nav class="turning"')[2]
        path = path.rpartition("hx-get")[0].rpartition('href="')[2].partition('"')[0]
        path = path.replace("&amp;", "&")
    assert seen == names
    assert "Older" not in page.text.partition('<nav class="turning"')[2]


def test_what_people_ask_is_counted_by_what_it_is(scene):
    for at in range(3):
        scene.put(ago_s=at * 3600, asked={"category": "programming", "length": 20, "turns": 3})
    scene.put(asked={"category": "writing", "language": ""}, told={"troubles": ["refused"]})
    page = scene.get("/asked")
    assert cells(page, "Programming") == ["3", "75.0 %", "126", "0 %", "0 %", "0 %"]
    assert cells(page, "Writing") == ["1", "25.0 %", "42", "0 %", "100 %", "0 %"]
    assert re.search(r"that it was not made of, its macro-F1 is 0\.\d\d", page.text)
    assert 'href="/asked/prompts?category=programming"' in page.text
    assert 'href="/asked/prompts?language=none"' in page.text
    island = json.loads(
        page.text.partition('<script type="application/json">')[2].partition("<")[0]
    )
    assert {each["name"]: sum(each["values"]) for each in island["series"]} == {
        "Programming": 3,
        "Writing": 1,
    }


def test_an_app_without_a_title_is_known_by_its_host(scene):
    scene.put(app_title="", app_url="https://app-4.example/x", told={"troubles": ["schema"]})
    for path in ("/traffic", "/asked/prompts", "/trouble"):
        assert '<td class="app">app-4.example</td>' in scene.get(path).text, path
    assert ">app-4.example</a>" in scene.get("/asked").text
    forms = scene.get("/trouble").text.partition('id="forms"')[2].partition("</section>")[0]
    assert ">app-4.example</a>" in forms


def test_few_apps_stand_beside_other_tables_and_all_on_a_page_of_their_own(scene):
    for at in range(14):
        for _ in range(2 if at == 13 else 1):
            scene.put(app_title=f"App {at:02}", app_url=f"https://{at:02}.example")
    page = scene.get("/asked?span=7d").text
    lines = page.partition('id="by-app"')[2].partition("</section>")[0]
    assert lines.index(">App 13</a>") == lines.index(">App ")
    assert lines.count('<th scope="row">') == 12
    assert "6.7 %" in lines  # of all requests, not of those of these twelve
    assert '<a href="/asked?span=7d&amp;all_apps=1#by-app">All apps</a>' in lines
    every = scene.get("/asked?span=7d&all_apps=1").text
    lines = every.partition('id="by-app"')[2].partition("</section>")[0]
    assert lines.count('<th scope="row">') == 14
    assert "All apps" not in lines
    assert '<input type="hidden" name="all_apps" value="1">' in every


def test_topics_are_called_as_on_public_pages(scene):
    scene.put(asked={"category": "marketing/seo"}, told={"troubles": ["refused"]})
    for path in ("/asked", "/trouble", "/asked/prompts?category=marketing%2Fseo", "/traffic"):
        page = scene.get(path).text
        assert "Marketing: SEO" in page, path
        assert ">marketing/seo<" not in page, path


def test_where_it_breaks(scene):
    scene.put(asked={"said": 7, "preview": "do it"}, ago_s=300)
    scene.put(asked={"said": 7, "preview": "do it"}, ago_s=200)
    scene.put(asked={"category": "health"}, told={"troubles": ["refused"]})
    scene.put(told={"troubles": ["tool_call"]})
    scene.put(ends={"outcome": "cancelled", "duration_ms": 4000.0, "first_token_ms": None})
    for at in range(3):
        scene.put(
            ends=FAILED, told={"signature": "status 503: <n> busy"}, ago_s=50 + at, person=f"p{at}"
        )
    page = scene.get("/trouble")
    told = words(page.text)
    assert tile(page, "Failed").startswith("3")
    assert tile(page, "Asked again").startswith("1")
    assert "3 people" in told
    assert "<n> busy" in told  # as text
    assert "Health1 (100 %)" in told or "Health 1 (100 %)" in told
    assert "3 to 10 s1" in told or "3 to 10 s 1" in told
    assert "1 of them left before the first word" in told
    lines = page.text.partition('class="endpoints"')[2].partition("</table>")[0]
    assert f'href="/launches/{PONY}">' in lines
    assert '<th scope="row">east</th>' in lines
    alone = scene.get(f"/trouble?launch={PONY}").text
    assert '<th scope="row">east</th>' in alone
    assert "rowgroup" not in alone


def test_the_list_leaves_as_a_file_without_a_word_of_anybody(scene):
    for at in range(3):
        scene.put("my secret", ago_s=at, app_title="=HYPERLINK(1)", app_url="")
    scene.put("other", asked={"category": "writing"}, ends=FAILED)
    page = scene.get("/asked/prompts.csv?category=general")
    assert page.headers["content-type"] == "text/csv; charset=utf-8"
    assert "attachment" in page.headers["content-disposition"]
    lines = list(csv.DictReader(io.StringIO(page.text)))
    assert len(lines) == 3
    assert {line["category"] for line in lines} == {"general"}
    assert all(line["app_name"].startswith("'=") for line in lines)
    told = json.loads(scene.get("/asked/prompts.json").text)
    assert [each["outcome"] for each in told].count("failed") == 1
    assert len(told) == 4
    assert "my secret" not in page.text + json.dumps(told)
    assert json.loads(scene.get("/asked/prompts.json?category=legal").text) == []
    refused = scene.get("/asked/prompts.csv?outcome=lost")
    assert refused.status == 400


def test_an_index_without_a_request_in_it_names_no_time():
    assert index_words(IndexState(exists=True)) == index_words(IndexState(exists=False))
    assert "1970" not in index_words(IndexState(exists=True, behind=1))


@pytest.mark.parametrize("minute", [0, 1, 29, 59])
def test_all_of_it_begins_with_the_hour_in_which_it_began(minute):
    began, now = NOW - NOW % HOUR_US + minute * 60_000_000, NOW + 3 * HOUR_US
    span = whole(Span("all", "all of it", began, now))
    assert span.since_us == began // HOUR_US * HOUR_US
    assert span.until_us % HOUR_US == 0
    assert span.until_us >= now


def test_an_outcome_is_said_once(scene):
    scene.put(ends={"outcome": "cancelled", "error_type": "cancelled"})
    line = scene.get("/traffic").text.partition("<tbody")[2].partition("</tbody>")[0]
    assert line.count("cancelled") == 1
