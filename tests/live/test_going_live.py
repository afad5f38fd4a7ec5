"""`launch go-live` asks an endpoint in its own dialect, and an embeddings listing for vectors."""

import os
import subprocess
import sys

import pytest

from .stage import CANARY, Relay, launch_text

BEHIND = "behind"
GO = ("--accept", "no-audit", "--why", "a test")


@pytest.fixture(scope="module")
def behind(scripted, tmp_path_factory):
    """A relay as somebody's engine: it speaks every dialect."""
    relay = Relay(tmp_path_factory.mktemp("behind"), {BEHIND: [(scripted.url, "ok")]}).start()
    yield relay
    relay.close()


def launch(data, *words: str) -> subprocess.CompletedProcess:
    return subprocess.run(
        [sys.executable, "-m", "darkhorse", "launch", *words, "--data", data],
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
        env={**os.environ, "UPSTREAM_KEY": f"sk-{CANARY}"},
    )


def go_live(folder, endpoint: tuple[str, ...], extra: str = "") -> subprocess.CompletedProcess:
    file = folder / "launch.toml"
    text = launch_text("stealth/mule", [endpoint], context=5000, max_output=500, extra=extra)
    file.write_text(text)
    made = launch(folder / "data", "create", str(file), "--why", "a test")
    assert made.returncode == 0, made.stderr
    return launch(folder / "data", "go-live", "stealth/mule", *GO)


@pytest.mark.parametrize("dialect", ["chat", "completions", "responses", "messages"])
def test_an_engine_is_asked_in_its_dialect(behind, tmp_path, dialect):
    key = tmp_path / "key"
    key.write_text(behind.key)
    own = (f"dialect = '{dialect}'", f"key_file = '{key}'")
    url = f"http://127.0.0.1:{behind.port}/api/v1"
    done = go_live(tmp_path, (url, BEHIND, *own))
    assert done.returncode == 0, done.stdout + done.stderr
    asked = {each.start.dialect for each in behind.records().values()}
    assert dialect in asked


def test_an_embeddings_listing_is_asked_for_vectors(scripted, tmp_path):
    done = go_live(tmp_path, (scripted.url, "ok"), "output = ['embeddings']")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "whole and streamed" not in done.stdout + done.stderr


def test_who_lacks_the_path_is_told_which(scripted, tmp_path):
    done = go_live(tmp_path, (scripted.url, "ok", "dialect = 'messages'"))
    assert done.returncode != 0
    assert "`/messages`" in done.stdout + done.stderr
    assert "chat completions" not in done.stdout + done.stderr
