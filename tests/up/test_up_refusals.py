"""What a start cannot work with: one sentence that says what to do, and status 1."""

import socket
from pathlib import Path

import pytest

from .stage import DEADLINE_S, gone

SERVING = {"relay": "serve"}


@pytest.mark.parametrize("option", ["--data", "--config", "--model", "--host"])
def test_an_option_that_is_empty(house, option):
    sentence = house.refused(SERVING, option, "")
    assert sentence == f"Error: {option} is empty; give it a value, or leave it out."
    assert house.events() == []


def test_a_stdout_that_takes_nothing(house):
    with Path("/dev/full").open("w") as full:
        process = house.start(SERVING, stdout=full)
    assert process.wait(DEADLINE_S) == 1
    assert house.stderr().splitlines()[-1] == (
        "Error: The card cannot be written to stdout (No space left on device)."
    )
    assert "Traceback" not in house.stderr()
    assert all(gone(pid) for pid in house.pids())


def test_a_busy_port(house):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        sentence = house.refused(SERVING, "--port", str(port))
    assert f"Port {port} on 127.0.0.1 is in use" in sentence
    assert "--port" in sentence
    assert house.events() == []


def test_an_address_that_is_not_ours(house):
    assert "--host" in house.refused(SERVING, "--host", "192.0.2.1")


@pytest.mark.parametrize("place", ["/dev/null/x", "/proc/nothing"])
def test_a_data_directory_that_cannot_be_made(house, place):
    sentence = house.refused(SERVING, "--data", place)
    assert sentence.startswith(f"Error: {place}: cannot be used as the data directory (")
    assert "--data DIR" in sentence


def test_a_file_where_the_data_directory_should_be(house):
    house.data.write_text("in the way")
    assert "choose another with --data DIR" in house.refused(SERVING)


def test_a_second_start_on_the_same_data_names_the_first(house):
    first = house.serve(SERVING)
    sentence = house.refused(SERVING)
    assert f"another darkhorse (pid {first.pid})" in sentence
    assert house.stop(first) == 0


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("port = ", "not valid TOML"),
        ("[server]\nprot = 1", "did you mean `port`?"),
        ("[server]\nport = 70000", "<= 65535"),
        ("[server]\n\nprot = 1", "line 3: `server.prot` is unknown"),
        (
            "[[listing]]\nslug = 'a/b'",
            "known keys: desk, journal, ledger, limits, log, model, server, upstream",
        ),
    ],
)
def test_a_broken_config(house, text, hint):
    house.config.write_text(text)
    house.launch_text = None
    sentence = house.refused(SERVING)
    assert hint in sentence
    assert str(house.config) in sentence
    assert not house.data.exists()


def test_a_config_that_is_not_there(house):
    house.config.unlink()
    assert "no such file" in house.refused(SERVING)


def test_the_data_directory_is_for_its_owner_alone(house):
    process = house.serve(SERVING)
    assert house.data.stat().st_mode & 0o777 == 0o700
    assert (house.data / "logs" / "model.log").stat().st_mode & 0o777 == 0o600
    assert house.stop(process) == 0


def test_a_second_start_keeps_the_keys(house):
    process = house.serve(SERVING)
    before = house.card
    house.stop(process)
    process = house.serve(SERVING)
    assert house.card["key"] == before["key"]
    assert house.card["management_key"] == before["management_key"]
    assert house.stop(process) == 0
