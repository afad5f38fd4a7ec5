"""A server runs: two who use it are erased one by one, and what is left is as it was."""

import json

import pytest
from click.testing import CliRunner

from darkhorse.base.clock import SystemClock
from darkhorse.cli.ledger.erase import erase_command
from darkhorse.storage.ledger.forget.absent import places_of
from darkhorse.wiring.keys import key_desk
from darkhorse.wiring.ledger import show
from live.stage import Process, Relay, Scripted, chat_body, eventually

SUBJECTS = ("ann", "ben")
SHARED = "A rule that both of them have sent, and that neither of them owns. " * 12


@pytest.fixture
def stage(tmp_path):
    scripted = Scripted()
    relay = Relay(tmp_path / "data", {"pony": [(scripted.url, "echo")]})
    with key_desk(relay.data, SystemClock()) as desk:
        relay.keys = {each: desk.create("developer", label=each)[0] for each in SUBJECTS}
    relay.start()
    argv = ["-m", "darkhorse", "keeper", "--data", str(relay.data), "--config", str(relay.config)]
    keeper = Process(argv, {}, (), relay.data / "keeper.log")
    keeper.wait_ready()
    yield relay
    keeper.stop()
    relay.close()
    scripted.stop()


def ask(relay, subject, number):
    """A request with a canary of the subject in everything that may hold one; its generation."""
    word = f"canary{number}of{subject}"
    messages = [
        {"role": "system", "content": SHARED},
        {"role": "user", "content": f"{word} and what there is to say of it"},
    ]
    body = chat_body("pony", messages=messages, user=f"user{word}", session_id=f"session{word}")
    relay.key = relay.keys[subject].reveal()
    reply = relay.post(
        body,
        f"x-title: title{word}",
        f"referer: https://{word}.example.com/",
        f"user-agent: {word}",
    )
    assert reply.status == 200, reply.body
    return reply.id


def erase(relay, *options):
    command = [*options, "--yes", "--wait", "--json", "--data", str(relay.data)]
    done = CliRunner().invoke(erase_command, command)
    assert done.exit_code == 0, done.output
    return json.loads(done.stdout)["order"]


def test_erased_one_by_one_beside_a_running_server(stage):
    asked = {each: [ask(stage, each, number) for number in range(2)] for each in SUBJECTS}
    kept = {name: stage.record(name) for name in asked["ben"]}
    assert places_of(stage.data, "ofann")
    stage.key = stage.keys["ann"].reveal()
    assert stage.get(f"/api/v1/generation?id={asked['ann'][0]}", bearer(stage)).status == 200
    order = erase(stage, "--key", "ann")
    assert (order["stage"], order["generations"]) == ("done", 2)
    assert places_of(stage.data, "ofann") == []
    assert places_of(stage.data, "ofben")
    assert {name: show(stage.data, name) for name in kept} == kept
    eventually(
        lambda: stage.get(f"/api/v1/generation?id={asked['ann'][0]}", bearer(stage)).status == 404
    )
    stage.key = stage.keys["ben"].reveal()
    content = stage.get(f"/api/v1/generation/content?id={asked['ben'][0]}", bearer(stage))
    assert b"canary0ofben" in content.body
    assert erase(stage, "--user", "usercanary0ofben")["generations"] == 1
    assert places_of(stage.data, "canary0ofben") == []
    assert places_of(stage.data, "canary1ofben")
    assert erase(stage, "--generation", asked["ben"][1])["generations"] == 1
    for word in ("ofben", SHARED):
        assert places_of(stage.data, word) == []


def bearer(relay):
    return f"authorization: Bearer {relay.key}"
