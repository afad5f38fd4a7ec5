"""`darkhorse doctor` as an operator runs it."""

import json
import os
import select
import signal
import subprocess
import sys
from contextlib import contextmanager

START_S = 60


@contextmanager
def server(patient, **environment):
    """The real one, with these variables beside ours."""
    process = subprocess.Popen(
        [
            *(sys.executable, "-m", "darkhorse", "up", "--desk-port", "0", "--json"),
            *("--data", patient.data, "--config", patient.config),
        ],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
    )
    try:
        assert select.select([process.stdout], [], [], START_S)[0], "it did not start"
        assert process.stdout.readline()
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(START_S) == 0
        process.stdout.close()


def doctor(patient, *options):
    return subprocess.run(
        [
            *(sys.executable, "-m", "darkhorse", "doctor", "--data", patient.data),
            *("--config", patient.config, *options),
        ],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_what_fails_sets_the_exit_status_and_has_its_remedy_below(patient):
    patient.born().live()
    done = doctor(patient)
    assert done.returncode == 1
    lines = done.stdout.splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("fail  endpoints"))
    below = "\n".join(lines[at:])
    assert "→ `darkhorse launch edit stealth/east`" in below
    assert lines[-1] == "1 failed, 0 to be looked at."
    assert done.stderr == ""


def test_warnings_are_no_failure(patient, scripted):
    patient.born()
    done = doctor(patient)
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "0 failed, 1 to be looked at.")
    patient.live(url=scripted.url)
    done = doctor(patient, "--deep")
    assert (done.returncode, done.stdout.splitlines()[-1]) == (0, "All is well.")


def test_json_is_one_object(patient):
    done = doctor(patient, "--json")
    assert done.returncode == 1
    found = json.loads(done.stdout)
    assert found["ok"] is False
    by_name = {check["name"]: check for check in found["checks"]}
    assert by_name["data"]["verdict"] == "fail"
    assert set(by_name["data"]) == {"name", "verdict", "sentence", "remedy"}


def test_no_key_is_ever_shown(patient, scripted):
    patient.born().live(url=scripted.url, model="status-401")
    done = doctor(patient, "--json")
    for key in (patient.keys.developer, patient.keys.management):
        assert key.reveal() not in done.stdout + done.stderr


def test_the_servers_environment_counts_and_not_this_shells(patient, scripted, monkeypatch):
    patient.born().live(url=scripted.url, more='key_env = "EAST_KEY_OF_A_TEST"')
    with server(patient):
        monkeypatch.setenv("EAST_KEY_OF_A_TEST", "sk-1")
        done = doctor(patient)
        assert done.returncode == 1
        assert "the running server has no EAST_KEY_OF_A_TEST in its environment" in done.stdout
    with server(patient, EAST_KEY_OF_A_TEST="sk-1"):
        found = json.loads(doctor(patient, "--json").stdout)
    verdicts = {check["name"]: check["verdict"] for check in found["checks"]}
    assert (verdicts["launches"], verdicts["endpoints"]) == ("ok", "ok")
