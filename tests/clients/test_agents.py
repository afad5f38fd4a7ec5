"""Coding agents, unmodified and without a network but loopback, against the real server.

The scripted upstream plays the model. What counts is the file on disk, and what the server has
on record; an agent's exit status alone says little.
"""

import json

import pytest

from clients.agents_kit import BROKEN, FIXED, CelledRelay, Project, Run
from clients.agents_known import INTRODUCTIONS, WAYS, Errand
from clients.roster import AGENTS, OPENCODE, Client, version
from darkhorse.upstream.scripted import REASONING_TEXT
from live.stage import CANARY, REASON, Scripted, eventually

SCENES = {
    "task": "coder?thinks=1&also=check.py&seed={}",
    "cancel": "reasoning?delta_ms=100&deltas=600&seed={}",
    "broken off": "error-mid?delta_ms=50&seed={}",
    "broken off once": "cut-then-up?delta_ms=50&key={}",
    "retired": "ok?seed=1",
    "wrong key": "ok?seed=2",
    "titles": "coder?deltas=3",
}
"""What is played in a test. `{}`: the client's number, so that each has a listing of its own."""
WORK_S = 200  # a busy machine takes long to start an agent
CALLS = (0, 2, 3, 4)  # tool results in each: two reads at once, the edit, the check, the last word
PARAMETERS = (
    "max_tokens",
    "temperature",
    "tools",
    "tool_choice",
    "parallel_tool_calls",
    "reasoning",
)
HEADERS = {"host", "authorization", "content-type", "content-length", "accept-encoding"}  # upstream

pytestmark = pytest.mark.timeout(300)


def scene(client: Client, name: str) -> str:
    return SCENES[name].format(AGENTS.index(client))


def slug(relay: CelledRelay, played: str) -> str:
    return f"stealth/listing-{list(relay.listings).index(played)}"


def having(feature: str, agents: tuple[Client, ...] = AGENTS):
    return pytest.mark.parametrize("client", [a for a in agents if feature in a.features], ids=str)


@pytest.fixture(scope="module")
def scripted():
    upstream = Scripted()
    yield upstream
    upstream.stop()


@pytest.fixture(scope="module")
def relay(scripted, tmp_path_factory):
    played = {scene(client, name): None for client in AGENTS for name in SCENES}
    listings = {each: [(scripted.url, each)] for each in played}
    relay = CelledRelay(
        tmp_path_factory.mktemp("agents"),
        listings,
        "[log]\nrequests = 'all'\n",
        listing_extra=f"parameters = {list(PARAMETERS)}",
    )
    try:
        relay.desk.retire(relay.desk.find(slug(relay, SCENES["retired"])), REASON)
        yield relay.start()
    finally:
        relay.close()


@pytest.fixture
def project(tmp_path):
    return Project.fresh(tmp_path)


@pytest.fixture
def begin(relay, project, tries):
    """`begin(client, scene, *features)`: the agent at work, its features noted as tried."""
    runs = []

    def begin(client: Client, name: str, *features: str, key: str = "") -> Run:
        if not version(client):
            pytest.skip(f"{client.package} is not installed: scripts/clients says why")
        tries(client, *(features or (name,)))
        model, titles = slug(relay, scene(client, name)), slug(relay, SCENES["titles"])
        errand = Errand(project, relay.port, key or relay.key, model, titles)
        command = WAYS[client.way](errand)
        runs.append(Run(project, relay.cell, command.argv, command.env))
        return runs[-1]

    yield begin
    for run in runs:
        run.kill()


def recorded(relay, client: Client, name: str) -> list:
    """The generations of a scene's listing, oldest first, each ended."""
    listing = slug(relay, scene(client, name))
    ids = [each.id for each in relay.records().values() if each.start.listing == listing]
    return sorted(map(relay.record, ids), key=lambda each: each.start.at_us)


def assert_silent(said: str, scripted: Scripted) -> None:
    for word in (CANARY.lower(), "chatcmpl", f":{scripted.port}"):
        assert word not in said.lower()


@having("task")
def test_it_finishes_a_task(scripted, relay, project, begin, client):
    ended = begin(client, "task", "stream", "tools streamed", "reasoning", "task").wait(WORK_S)
    assert project.code == FIXED, ended.said[-4000:]
    assert project.was_checked
    assert ended.code == 0
    assert "Fixed, and the check passes." in ended.said
    assert REASONING_TEXT.strip() in ended.said
    assert_silent(ended.said, scripted)
    seen = scripted.seen(scene(client, "task"))
    assert tuple(results(json.loads(each["body"])) for each in seen) == CALLS
    assert_private(seen)
    records = recorded(relay, client, "task")
    assert [each.end.outcome for each in records] == ["done"] * len(CALLS)
    assert [each.end.finish for each in records] == ["tool_calls"] * 3 + ["stop"]
    for record in records:
        assert_introduced(record.start, client)


def results(body: dict) -> int:
    return len([message for message in body["messages"] if message["role"] == "tool"])


def assert_private(seen: list[dict]) -> None:
    """The upstream is not told which app asked, nor what it says of its user's machine."""
    for each in seen:
        assert each["headers"].keys() == HEADERS
        assert not {"client_metadata", "usage", "user"} & json.loads(each["body"]).keys()


def assert_introduced(start, client: Client) -> None:
    """The record knows which app it was, as far as the app says so."""
    said = INTRODUCTIONS[client.package]
    assert (start.dialect, start.streamed) == (client.speaks, True)
    assert (start.app_title, start.app_url) == (said.title, said.url)
    assert start.user_agent.startswith(said.user_agent)


@having("list")
def test_it_finds_the_listings(relay, begin, client):
    """Told an address and a key only; it knows what is live, and that this listing is not."""
    ended = begin(client, "retired", "list").wait(WORK_S)
    assert ended.code != 0
    assert "GET path=/api/openrouter/models status=200" in relay.log.read_text()
    assert f"Model not found: kilo/{slug(relay, SCENES['retired'])}" in ended.said
    assert "Did you mean: stealth/listing-" in ended.said


@having("wrong key")
def test_a_wrong_key_is_told(scripted, relay, project, begin, client):
    ended = begin(client, "wrong key", key="sk-dh-nobody").wait(WORK_S)
    assert ended.code != 0
    assert "No valid key" in ended.said
    assert recorded(relay, client, "wrong key") == []


@having("retired")
def test_the_end_of_a_listing_is_told(scripted, relay, project, begin, client):
    """And the agent does not ask again and again."""
    ended = begin(client, "retired").wait(WORK_S)
    assert ended.code != 0
    assert "The trial of" in ended.said
    assert "Thank you for taking part." in ended.said
    assert recorded(relay, client, "retired") == []


@having("broken off", tuple(each for each in AGENTS if each.package != OPENCODE))
def test_an_error_in_a_stream_is_told(scripted, relay, project, begin, client):
    ended = begin(client, "broken off").wait(WORK_S)
    assert ended.code != 0
    assert "The model did not give a usable answer." in ended.said
    assert_silent(ended.said, scripted)
    assert {each.end.outcome for each in recorded(relay, client, "broken off")} == {"failed"}


@having("broken off", tuple(each for each in AGENTS if each.package == OPENCODE))
def test_an_error_in_a_stream_is_made_good(scripted, relay, project, begin, client):
    """This one says nothing of it and asks again, for as long as it takes."""
    ended = begin(client, "broken off once", "broken off").wait(WORK_S)
    assert ended.code == 0
    assert "we sail at six." in ended.said
    outcomes = [each.end.outcome for each in recorded(relay, client, "broken off once")]
    assert outcomes == ["failed", "done"]


@having("cancel")
def test_a_run_given_up_stops_the_endpoint(scripted, relay, project, begin, client):
    run = begin(client, "cancel")
    eventually(lambda: REASONING_TEXT.strip() in run.said, WORK_S)
    run.interrupt()
    ended = run.wait(30)
    assert ended.code != 0
    assert project.code == BROKEN
    [record] = recorded(relay, client, "cancel")
    assert (record.end.outcome, record.end.status) == ("cancelled", 499)
    assert record.end.first_token_ms is not None
    eventually(lambda: scripted.seen(scene(client, "cancel"))[-1]["cancelled"])
