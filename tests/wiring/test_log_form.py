"""Every line is one line, says who and when, and of an exception not its text."""

import json
import logging
import re
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from darkhorse.api.visits import RequestLine
from darkhorse.wiring.log_form import entry_of, json_line, said, text_line

REQUEST = RequestLine(
    request_id="req-1", method="GET", path="/x", status=404, outcome="refused", ms=0.4
)
TIME = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"


def record(message: object, *args: object, **extra: object) -> logging.LogRecord:
    made = logging.LogRecord("darkhorse.x", logging.INFO, "x.py", 1, message, args, None)
    made.__dict__.update(extra)
    return entry_of(made)


def as_json(entry: logging.LogRecord) -> dict[str, object]:
    line = json_line("relay")(entry)
    assert line.count(b"\n") == 1
    found: dict[str, object] = json.loads(line)
    assert re.fullmatch(TIME, str(found.pop("time")))
    return found


def test_a_message():
    assert as_json(record("%d files", 3)) == {
        "level": "info",
        "process": "relay",
        "event": "log",
        "logger": "darkhorse.x",
        "message": "3 files",
    }
    line = text_line("relay")(record("%d files", 3)).decode()
    assert re.fullmatch(TIME + r" info relay: 3 files\n", line)


def test_fields_of_ones_own():
    entry = record("gone", files=3, why="no room", ok=True)
    assert as_json(entry).items() >= {"files": 3, "why": "no room", "ok": True}.items()
    assert text_line("relay")(entry).endswith(b' relay: gone files=3 why="no room" ok=true\n')


def test_an_event():
    assert as_json(record(REQUEST)) == {
        "level": "info",
        "process": "relay",
        "event": "request",
        "request_id": "req-1",
        "method": "GET",
        "path": "/x",
        "status": 404,
        "outcome": "refused",
        "ms": 0.4,
    }
    line = text_line("relay")(record(REQUEST)).decode()
    fields = "request_id=req-1 method=GET path=/x status=404 outcome=refused ms=0.4"
    assert line.endswith(f" info relay: request {fields}\n")


def test_a_slip_in_a_format_string_costs_the_arguments_only():
    assert as_json(record("%d files", "three"))["message"] == "%d files"


def test_a_record_of_ones_own_making():
    found = as_json(said("x", logging.WARNING, "lost", lines=2))
    assert (found["level"], found["message"], found["lines"]) == ("warning", "lost", 2)


@pytest.mark.parametrize("form", [json_line, text_line])
def test_an_exception_is_told_without_its_text(form):
    try:
        int("CANARY")
    except ValueError:
        made = logging.LogRecord("x", logging.ERROR, "x.py", 1, "failed", (), sys.exc_info())
    line = form("relay")(entry_of(made)).decode()
    assert "CANARY" not in line
    assert "ValueError" in line
    assert "test_log_form.py:" in line


@given(message=st.text(), value=st.text(), name=st.sampled_from(["why", "path"]))
def test_whatever_is_said_is_one_line_that_steers_no_terminal(message, value, name):
    entry = record("%s", message, **{name: value})
    assert as_json(entry)["message"] == message[:3000]
    line = text_line("relay")(entry)
    assert line.endswith(b"\n")
    assert not re.search(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e]", line.decode()[:-1])


CRASH = """
import sys
from darkhorse.base.settings import LogSettings
from darkhorse.wiring import logs
logs.configure("keeper", LogSettings(format="json"))
raise KeyError("CANARY")
"""


def test_a_process_that_falls_says_so_in_the_same_form():
    done = subprocess.run([sys.executable, "-c", CRASH], capture_output=True, check=False)
    assert done.returncode == 1
    line = json.loads(done.stderr)
    assert (line["level"], line["process"], line["error"]) == ("critical", "keeper", "KeyError")
    assert b"CANARY" not in done.stderr
