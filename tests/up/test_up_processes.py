"""Restart, drain, signals, and what is left behind: with real processes."""

import os
import signal
import socket
from contextlib import chdir
from pathlib import Path

import pytest

from darkhorse.supervise.house import Place, parts
from darkhorse.supervise.place import PAGES_SOCKET, runtime_directory
from darkhorse.wiring.config import load

from .stage import gone, until

SERVING = {"relay": "serve", "keeper": "serve", "pages": "serve"}


def test_the_json_line_says_where_it_serves_and_who_it_is(house):
    process = house.serve(SERVING)
    assert set(house.card) == {"url", "key", "management_key", "pid", "data"}
    assert house.card["pid"] == process.pid
    assert house.card["data"] == str(house.data)
    port = int(str(house.card["url"]).rpartition(":")[2])
    socket.create_connection(("127.0.0.1", port), timeout=5).close()


def test_children_are_drained_in_order_one_after_the_other(house):
    process = house.serve(SERVING)
    assert house.stop(process) == 0
    assert house.events()[-3:] == ["relay down", "keeper down", "pages down"]


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_drains_and_exits_with_0(house, number):
    process = house.serve(SERVING)
    assert house.stop(process, number) == 0
    assert all(gone(pid) for pid in house.pids())


def test_a_fallen_child_comes_back_while_the_others_serve_on(house):
    process = house.serve(SERVING)
    others = house.pid("relay"), house.pid("pages")
    os.kill(house.pid("keeper"), signal.SIGKILL)
    until(lambda: house.events().count("keeper up") == 2, "keeper restarted")
    assert (house.pid("relay"), house.pid("pages")) == others
    assert house.stderr().count("keeper stopped (signal SIGKILL); it starts again in 0.2 s.") == 1
    assert house.stop(process) == 0


def test_the_wait_before_a_restart_grows(house):
    process = house.serve({"relay": "serve", "keeper": "once"})
    os.kill(house.pid("keeper"), signal.SIGKILL)
    until(lambda: "starts again in 0.8 s" in house.stderr(), "three falls")
    assert "keeper stopped (exit status 7); it starts again in 0.4 s." in house.stderr()
    assert house.stop(process) == 0


def test_who_connects_while_the_relay_is_down_is_answered_by_the_next_one(house):
    process = house.serve({"relay": "answer"})
    first = house.pid("relay")
    port = int(str(house.card["url"]).rpartition(":")[2])
    os.kill(first, signal.SIGKILL)
    until(lambda: gone(first), "the relay fell")
    with socket.create_connection(("127.0.0.1", port), timeout=20) as connection:
        answered_by = int(connection.recv(20))
    assert answered_by == house.pid("relay") != first
    assert house.stop(process) == 0


def test_a_child_that_does_not_drain_is_ended_when_its_time_is_over(house):
    process = house.serve({"relay": "ignore", "keeper": "serve"})
    assert house.stop(process) == 0
    assert "relay was still busy after 1 s and was ended." in house.stderr()
    assert gone(house.pid("relay"))
    assert house.events()[-1] == "keeper down"


def test_the_second_signal_ends_everything_at_once(house):
    house.config.write_text(house.config.read_text().replace("drain_s = 1", "drain_s = 3600"))
    process = house.serve({"relay": "ignore", "keeper": "serve"})
    process.send_signal(signal.SIGTERM)
    farewell = "finishing what runs, at most 3600 s; Ctrl-C again stops at once"
    until(lambda: farewell in house.stderr(), "it says what is going on")
    assert house.stop(process, signal.SIGINT) == 1
    assert "stopping at once" in house.stderr()
    assert all(gone(pid) for pid in house.pids())


def test_who_connects_during_a_drain_is_refused(house):
    house.config.write_text(house.config.read_text().replace("drain_s = 1", "drain_s = 3600"))
    process = house.serve({"relay": "linger"})
    process.send_signal(signal.SIGTERM)
    until(lambda: "relay lingers" in house.events(), "the relay drains")
    port = int(str(house.card["url"]).rpartition(":")[2])
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port), timeout=20)
    assert house.stop(process) == 1


def test_no_child_outlives_a_supervisor_that_was_killed(house):
    process = house.serve(SERVING)
    assert house.stop(process, signal.SIGKILL) == -signal.SIGKILL
    until(lambda: all(gone(pid) for pid in house.pids()), "children end")


def test_after_a_kill_the_next_start_waits_for_the_children_that_still_drain(house):
    first = house.serve({"relay": "ignore"})
    orphan = house.pid("relay")
    house.stop(first, signal.SIGKILL)
    second = house.start({"relay": "serve"})
    until(lambda: "waiting for the last processes" in house.stderr(), "it waits")
    os.kill(orphan, signal.SIGKILL)
    house.read_card(second)
    assert house.stop(second) == 0


def test_a_signal_while_starting_stops_everything_and_exits_with_0(house):
    process = house.start({"relay": "serve", "keeper": "hang"})
    until(lambda: len(house.events()) == 2, "both are up")
    assert house.stop(process) == 0
    assert all(gone(pid) for pid in house.pids())


@pytest.mark.parametrize(
    ("behaviour", "sentence"),
    [
        ("refuse", "Error: The tea is cold; boil more."),
        ("crash", "Error: keeper did not start (exit status 3)."),
        ("mute", "Error: keeper did not start (it never said that it is ready)."),
    ],
)
def test_a_child_that_cannot_start_stops_the_start_with_its_sentence(house, behaviour, sentence):
    assert house.refused({"relay": "serve", "keeper": behaviour}) == sentence
    assert all(gone(pid) for pid in house.pids())


def test_the_private_directory_is_private_and_goes_with_the_run(house):
    process = house.serve({"pages": "make_socket"})
    [runtime] = [Path(e.split()[1]) for e in house.events() if e.startswith("pages /")]
    assert runtime.stat().st_mode & 0o777 == 0o700
    assert house.stop(process) == 0
    assert not runtime.exists()


def test_what_a_killed_run_left_is_cleared_by_the_next(house):
    process = house.serve({"pages": "make_socket"})
    house.stop(process, signal.SIGKILL)
    left = house.data / "run" / "left"
    left.parent.mkdir(exist_ok=True)
    left.touch()
    process = house.serve({"pages": "serve"})
    assert not left.exists()
    assert house.stop(process) == 0


def test_where_the_path_is_too_long_for_a_socket_another_place_is_taken(tmp_path):
    short, long = Path("data"), tmp_path / ("x" * 100)
    with chdir(tmp_path):
        short.mkdir()
        with runtime_directory(short) as directory:
            assert directory == short / "run"
    long.mkdir()
    with runtime_directory(long) as directory, socket.socket(socket.AF_UNIX) as listener:
        listener.bind(str(directory / PAGES_SOCKET))
        assert directory.stat().st_mode & 0o777 == 0o700
    assert not directory.exists()


@pytest.mark.parametrize("engine", [None, Path("/bin/darkhorse-engine")])
def test_nothing_private_is_in_a_childs_arguments(tmp_path, engine):
    place = Place(
        data=tmp_path,
        config=None,
        lock_fd=3,
        listen_fd=4,
        runtime=tmp_path,
        model_port=5,
        model_file=tmp_path / "the-maker.gguf",
        engine=engine,
        model_key="sk-secret",
    )
    house_parts = parts(load(None), place)
    assert [part.name for part in house_parts] == ["relay", "keeper", "pages", "model"]
    key = house_parts[0].facts["DARKHORSE_MODEL_KEY"]
    assert house_parts[3].facts["DARKHORSE_MODEL_KEY"] == key
    seen = " ".join(word for part in house_parts for word in part.argv)
    assert key not in seen
    assert "the-maker" not in seen
