"""The running server's environment has the keys that count, not this shell's."""

import json

import pytest

from darkhorse.base.errors import ConfigError
from darkhorse.catalog.endpoint import Endpoint
from darkhorse.wiring.targets import server_url, target_of

LACKS = "stealth/east, endpoint east: the running server has no EAST_KEY_OF_A_TEST in its"


@pytest.fixture
def keyed(patient, scripted, monkeypatch):
    """A live launch, whose key this shell has."""
    monkeypatch.setenv("EAST_KEY_OF_A_TEST", "sk-1")
    patient.born().live(url=scripted.url, more='key_env = "EAST_KEY_OF_A_TEST"')
    return patient


@pytest.mark.parametrize("environment", [{}, {"EAST_KEY_OF_A_TEST": " "}, {"WEST": "sk-1"}])
def test_a_key_that_only_this_shell_has_fails(keyed, environment):
    with keyed.serving(**environment):
        keyed.told("launches", "fail", LACKS, "its requests to it fail", "Restart the server with")
        assert keyed.said("endpoints") == []
    keyed.told("launches", "ok")  # a killed server's note says nothing of the next one
    keyed.told("endpoints", "ok", "answers")


def test_a_key_that_the_server_has_is_well_without_this_shell(keyed, monkeypatch):
    with keyed.serving(EAST_KEY_OF_A_TEST="sk-1"):
        keyed.told("launches", "ok")
        keyed.told("endpoints", "ok", "answers")
        monkeypatch.delenv("EAST_KEY_OF_A_TEST")
        keyed.told("launches", "ok")
        keyed.told("endpoints", "warn", "stealth/east: Endpoint east: set EAST_KEY_OF_A_TEST")


def test_a_server_that_did_not_say_what_it_has_is_not_believed_to_have_it(keyed):
    with keyed.running():
        keyed.told("launches", "warn", "nobody can tell from here", "Restart the server")


def test_a_draft_whose_key_the_server_has_not_is_a_warning(patient, scripted, monkeypatch):
    monkeypatch.setenv("EAST_KEY_OF_A_TEST", "sk-1")
    patient.born().live("west", url=scripted.url)
    patient.draft(more='key_env = "EAST_KEY_OF_A_TEST"')
    with patient.serving():
        patient.told("launches", "warn", LACKS, "cannot go live so", "Restart the server with it")


def test_the_note_has_names_and_never_values(patient):
    patient.born()
    with patient.serving(**{"ONE": "sk-secret", "TWO": "", "THREE": "3", "\udcff": "4"}):
        note = patient.data / "run" / "server.json"
        assert json.loads(note.read_bytes())["names"] == ["ONE", "THREE"]
        assert b"sk-secret" not in note.read_bytes()
        assert note.stat().st_mode & 0o777 == 0o600
        assert server_url(patient.data) == "http://127.0.0.1:1"


def test_what_go_live_asks_is_refused_where_the_server_has_not_the_key(patient, monkeypatch):
    monkeypatch.setenv("EAST_KEY_OF_A_TEST", "sk-1")
    endpoint = Endpoint(name="gpu-1", url="http://127.0.0.1:1/v1", key_env="EAST_KEY_OF_A_TEST")
    patient.born()
    with patient.serving():
        with pytest.raises(ConfigError) as refused:
            target_of(endpoint, patient.data)
        assert str(refused.value) == (
            "Endpoint gpu-1: the running server has no EAST_KEY_OF_A_TEST in its environment; "
            "restart it with it, then go on."
        )
        keyless = Endpoint(name="gpu-2", url="http://127.0.0.1:1/v1")
        assert not target_of(keyless, patient.data).key
    assert target_of(endpoint, patient.data).key.reveal() == "sk-1"  # it runs no longer
    with patient.serving(EAST_KEY_OF_A_TEST="sk-2"):
        assert target_of(endpoint, patient.data).key.reveal() == "sk-1"
    (patient.data / "run" / "server.json").unlink()
    with patient.running():
        assert target_of(endpoint, patient.data).key.reveal() == "sk-1"
