"""What the doctor finds in a data directory, and what it says to do."""

import gc
import json
import os
from pathlib import Path

import pytest
from doctor_kit import DAY_US, HOUR_US, NOW_US, alter

from darkhorse.wiring.doctor.place import judge_disk
from darkhorse.wiring.keys import key_desk

GIB = 1 << 30
PUT_BACK = "put back the backup; “Backup and restore” in docs/operating.md says how."


def snapshot(folder: Path):
    gc.collect()  # a desk's database that nobody closed is checkpointed when it is collected
    return {
        str(path.relative_to(folder)): (path.stat().st_mode, path.read_bytes())
        for path in folder.rglob("*")
        if path.is_file() and not path.name.endswith(("-shm", "-wal"))
    }


def test_a_healthy_house_is_told_so_in_every_check(patient, scripted):
    patient.born().live(url=scripted.url)
    patient.record("gen-1", "gen-2")
    patient.fold()
    checks = patient.look()
    assert [check for check in checks if check.verdict != "ok"] == []
    assert [check.name for check in checks] == [
        "config",
        "data",
        "disk",
        "state",
        "keys",
        "launches",
        "endpoints",
        "server",
        "journal",
        "facts",
        "clock",
        "leftovers",
    ]


def test_looking_changes_nothing(patient, scripted):
    patient.born().live(url=scripted.url)
    patient.record("gen-1")
    before = snapshot(patient.data)
    patient.look(deep=True)
    assert snapshot(patient.data) == before


def test_a_directory_that_is_not_there_is_not_made(patient):
    patient.told("data", "fail", "does not exist", "--data DIR")
    assert not patient.data.exists()


def test_a_file_in_its_place(patient):
    patient.data.write_text("")
    patient.told("data", "fail", "is no directory")


def test_settings_that_do_not_load_do_not_hide_the_rest(patient):
    patient.born()
    patient.config.write_text("[server]\nprot = 1\n")
    patient.told("config", "fail", "did you mean `port`?", "does not start with it")
    assert len(patient.look()) > 5


def test_a_directory_open_to_others(patient):
    patient.born()
    (patient.data / "first-keys.json").chmod(0o600)
    patient.data.chmod(0o755)
    patient.told("data", "warn", "is open to other users", f"chmod 700 {patient.data}")
    (patient.data / "first-keys.json").chmod(0o644)
    patient.told("data", "fail", "(first-keys.json)", f"chmod 600 {patient.data}/first-keys.json")


@pytest.mark.skipif(os.geteuid() == 0, reason="root may write anywhere")
def test_a_directory_that_cannot_be_written(patient):
    patient.born()
    patient.data.chmod(0o500)
    patient.told("data", "fail", "cannot be read and written by this user")


@pytest.mark.parametrize(
    ("free", "total", "verdict"),
    [
        (100 * GIB, 200 * GIB, "ok"),
        (5 * GIB, 20 * GIB, "ok"),
        (5 * GIB - 1, 20 * GIB, "warn"),
        (40 * GIB, 1000 * GIB, "warn"),
        (500 * (1 << 20), 20 * GIB, "warn"),
        (500 * (1 << 20) - 1, 20 * GIB, "fail"),
    ],
)
def test_room_on_the_disk(free, total, verdict):
    assert judge_disk(free, total).verdict == verdict


def test_a_state_that_is_not_there_yet(patient):
    patient.data.mkdir(mode=0o700)
    patient.told("state", "warn", "does not exist yet", "Start the server")
    assert patient.said("keys") == []
    assert not (patient.data / "state.sqlite").exists()


def test_a_state_that_is_no_database(patient):
    patient.born()
    (patient.data / "state.sqlite").write_bytes(b"words" * 1000)
    patient.told("state", "fail", "cannot be read (file is not a database)", PUT_BACK)


@pytest.mark.parametrize(
    ("change", "verdict", "words"),
    [
        ("INSERT INTO migration VALUES (999, 'later', 1)", "fail", "newer Darkhorse (schema 999"),
        ("DELETE FROM migration WHERE number > 1", "warn", "of an older version (schema 1 of "),
    ],
)
def test_a_state_of_another_version(patient, change, verdict, words):
    patient.born()
    alter(patient.data / "state.sqlite", change)
    patient.told("state", verdict, words)


def test_a_launch_that_cannot_be_read(patient):
    patient.born().draft()
    alter(patient.data / "state.sqlite", "UPDATE launch SET private = '{}'")
    patient.told("state", "fail", "holds a launch that cannot be read", PUT_BACK)
    assert patient.said("launches") == []


# --- keys ---


def test_a_house_without_keys_yet(patient):
    patient.data.mkdir(mode=0o700)
    with key_desk(patient.data, patient.clock, make=True) as desk:
        assert desk.all() == []
    patient.told("keys", "warn", "There are no keys yet", "Start the server")


@pytest.mark.parametrize(
    ("content", "words"), [(None, "is missing; the next start makes two"), (b"{", "is not what")]
)
def test_first_keys_that_are_lost(patient, content, words):
    patient.born()
    path = patient.data / "first-keys.json"
    path.unlink()
    if content:
        path.write_bytes(content)
    patient.told("keys", "warn", words)


def test_first_keys_of_another_house(patient):
    patient.born()
    stored = {"developer": "sk-dh-x", "management": "sk-dh-m-x"}
    path = patient.data / "first-keys.json"
    path.write_text(json.dumps(stored))
    found = patient.said("keys")
    assert [verdict for verdict, _ in found] == ["fail", "fail"]
    assert "The developer key in first-keys.json is not in the state" in found[0][1]
    assert "Restart the server" in found[1][1]


def test_first_keys_that_others_can_read(patient):
    patient.born()
    path = patient.data / "first-keys.json"
    path.chmod(0o640)
    patient.told("keys", "fail", "is open to other users", f"chmod 600 {path}")


def test_no_management_key_that_works(patient):
    patient.born()
    with patient.key_desk() as desk:
        (first,) = [key for key in desk.all() if key.kind == "management"]
        desk.disable(first.hash, force=True)
    found = dict(patient.said("keys"))
    assert "The first management key is disabled, and a start still prints it" in found["warn"]
    assert "No management key works" in found["fail"]
    assert "darkhorse key create --kind management" in found["fail"]


@pytest.mark.parametrize(("days", "verdict"), [(6.9, "warn"), (7.1, "ok")])
def test_a_key_that_ends_within_a_week(patient, days, verdict):
    patient.born()
    with patient.key_desk() as desk:
        _, made = desk.create("developer", label="alice", expires_us=NOW_US + round(days * DAY_US))
    words = (
        (f"developer key {made.hash[:12]} “alice” expires on", "30d") if verdict == "warn" else ()
    )
    patient.told("keys", verdict, *words)


def test_an_expired_key_is_told_only_where_somebody_used_it(patient):
    patient.born()
    with patient.key_desk() as desk:
        _, made = desk.create("developer", label="bob", expires_us=NOW_US + HOUR_US)
    patient.record("gen-1", "gen-2", key=made.hash)
    patient.clock.us = NOW_US + 2 * HOUR_US
    patient.told("keys", "ok")
    patient.fold()
    patient.told(
        "keys", "warn", "“bob” expired on", "in use until then (2 requests", "darkhorse key expire"
    )
    patient.clock.us = NOW_US + 8 * DAY_US
    patient.told("keys", "ok", "2 of 3 keys work")


# --- launches ---


def test_no_live_launch(patient):
    patient.born()
    patient.told("launches", "warn", "No launch is live", "darkhorse launch create FILE")
    patient.draft()
    patient.told("launches", "warn", "No launch is live", "darkhorse launch go-live stealth/east")


def test_a_window_that_ended_with_nobody_watching(patient):
    patient.born().live(window="window = { days = 1 }")
    patient.clock.us += 2 * DAY_US
    found = patient.said("launches")
    assert [verdict for verdict, _ in found] == ["warn", "warn"]
    assert "The window of stealth/east ended on 2026-11-" in found[0][1]
    command = "`darkhorse launch retire stealth/east`"
    assert found[0][1].endswith(f"→ The next start of the server notes it, and so does {command}.")
    with patient.running():
        assert patient.said("launches")[0][1].endswith(f"→ {command} notes it.")
    assert patient.said("endpoints") == []


def test_a_draft_whose_window_is_past(patient, scripted):
    patient.born().live("west", url=scripted.url)
    patient.draft(window="window = { closes = 2026-11-20T00:00:00Z }")
    patient.clock.us += 5 * DAY_US
    patient.told("launches", "warn", "The draft stealth/east has a window that ended", "window")


def test_names_that_clash(patient, scripted):
    patient.born().live("east", url=scripted.url)
    patient.live("west", url=scripted.url)
    state = patient.data / "state.sqlite"
    alter(state, "UPDATE launch SET public = replace(public, 'stealth/west', 'stealth/east')")
    patient.told("launches", "fail", "`stealth/east` is a name of the launch", "launch edit")


def test_a_key_that_is_not_in_this_environment(patient, monkeypatch):
    patient.born().live(more='key_env = "EAST_KEY_OF_A_TEST"')
    patient.told("launches", "warn", "EAST_KEY_OF_A_TEST is not set in this environment")
    patient.told(
        "endpoints",
        "warn",
        "stealth/east: Endpoint east: set EAST_KEY_OF_A_TEST to its key",
        "cannot be asked",
        "Run this with EAST_KEY_OF_A_TEST in its environment",
    )
    monkeypatch.setenv("EAST_KEY_OF_A_TEST", "sk-1")
    patient.told("launches", "ok")


def test_key_files(patient, tmp_path):
    path = tmp_path / "east.key"
    patient.born().live(more=f'key_file = "{path}"')
    missing = f"its key file {path} cannot be read (No such file or directory). → Put the key into"
    patient.told("launches", "fail", f"stealth/east, endpoint east: {missing} {path}")
    assert patient.said("endpoints") == []
    path.touch(mode=0o600)
    patient.told("launches", "fail", f"{path} is empty")
    assert patient.said("endpoints") == []
    path.write_bytes(b"\xff")
    patient.told("launches", "fail", f"{path} cannot be read (it holds no text)")
    path.write_text("sk-1")
    patient.told("launches", "ok")
    path.chmod(0o644)
    patient.told("launches", "warn", f"{path} is open to other users", f"chmod 600 {path}")


def test_a_relative_key_file_is_warned_of_even_where_it_can_be_read(patient, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    patient.born().live(more='key_file = "east.key"')
    words = ("east.key, is relative", "its own working directory", "Write it absolute")
    patient.told("launches", "warn", "stealth/east, endpoint east: ", *words)
    assert patient.said("endpoints") == []
    (tmp_path / "east.key").write_text("sk-1")
    patient.told("launches", "warn", *words)
    patient.told("endpoints", "fail", "refuses the connection")


# --- endpoints and the server ---


def test_every_endpoint_of_a_live_launch_is_asked(patient, scripted):
    patient.born().live("good", url=scripted.url)
    patient.live("locked", url=scripted.url, model="status-401")
    patient.live("down")
    patient.draft("later")
    down, good, locked = sorted(patient.said("endpoints"), key=lambda each: each[1])
    assert (down[0], good[0], locked[0]) == ("fail", "ok", "fail")
    assert "stealth/down: Endpoint east" in down[1]
    assert "refuses the connection" in down[1]
    assert "stealth/good: Endpoint east" in good[1]
    assert "wants a key (HTTP 401)" in locked[1]
    assert "darkhorse launch edit stealth/locked" in locked[1]


def test_the_embedded_model_is_asked_where_the_server_says_it_is(patient, scripted):
    patient.born().live(url="embedded")
    patient.told("endpoints", "ok", "stealth/east: Endpoint east", "it runs with the server")
    with patient.running():
        words = ("stealth/east: ", "does not say where its embedded model is", "Restart")
        patient.told("endpoints", "fail", *words)
        (patient.data / "run").mkdir()
        facts = json.dumps({"url": scripted.url, "key": "k"})
        (patient.data / "run" / "model.json").write_text(facts)
        patient.told("endpoints", "ok", "answers, whole and streamed")


def test_a_server_that_runs_and_answers(patient, scripted):
    patient.born()
    with patient.running():
        patient.told("server", "ok", f"pid {os.getpid()}", "port that it chose itself")
        patient.told(
            "server", "ok", f"answers at http://127.0.0.1:{scripted.port}", port=scripted.port
        )
        patient.told("server", "warn", "but nothing answers at", "say so with --port", port=1)
    patient.told("server", "ok", "No server runs on this data.")


def test_a_stranger_on_the_port(patient, scripted):
    patient.born()
    patient.told("server", "warn", "No server runs on this data, but", port=scripted.port)


def test_processes_that_outlive_their_server(patient):
    patient.born()
    with patient.running(pid=2**22 + 1):  # over the highest there is
        patient.told("server", "warn", "is gone, but processes of it still finish", "Wait for them")


def test_what_a_killed_run_left(patient):
    patient.born()
    (patient.data / "run").mkdir()
    (patient.data / ".first-keys.json.99").touch()
    patient.told("leftovers", "warn", "left run/, .first-keys.json.99", "Start the server")
    with patient.running():
        patient.told("leftovers", "ok", "A server runs")
