"""An export that was interrupted goes on, and comes to the same bytes."""

import os
import signal
import subprocess
import sys
import time

import pytest
from export_kit import PONY, Ledger, asked, files_of

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.export.order import Wanted


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    ledger = Ledger(tmp_path_factory.mktemp("ledger") / "data")
    turns = []
    for number in range(60):
        turns = turns[-12:] if number % 7 else []
        turns += [f"Question {number}? " + "words " * 3_000]
        ledger.tell(asked(*turns))
        turns += ["Well."]
    ledger.pack()
    return ledger


class Interrupted(Exception):
    pass


def _stopping_at(count):
    """A progress that ends the process's work the `count`th time it is told."""
    left = [count]

    def on_progress(*_):
        left[0] -= 1
        if not left[0]:
            raise Interrupted

    return on_progress


@pytest.mark.parametrize("form", ["chat", "finetune", "parquet"])
def test_any_moment(ledger, tmp_path, form):
    options = {"part_bytes": 400_000}
    ledger.export(tmp_path / "whole", form, **options)
    expected = files_of(tmp_path / "whole")
    assert len(expected) > 3
    for moment in (1, 15, 59, 70):
        folder = tmp_path / f"at-{moment}"
        try:
            ledger.export(folder, form, on_progress=_stopping_at(moment), **options)
        except Interrupted:
            pass
        else:
            assert moment == 70  # one look for each generation; two where last turns are sought
        ledger.export(folder, form, **options)
        assert files_of(folder) == expected


def test_kill(ledger, tmp_path):
    command = [
        *(sys.executable, "-m", "darkhorse", "ledger", "export", str(tmp_path / "killed")),
        *("--format", "chat", "--part-mb", "1", "--keep-secrets", "--data", str(ledger.data)),
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not (tmp_path / "killed" / "part-00002.jsonl").exists() and process.poll() is None:
        assert time.monotonic() < deadline
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    for folder in ("killed", "whole"):
        again = [*command[:5], str(tmp_path / folder), *command[6:]]
        done = subprocess.run(again, check=True, capture_output=True, text=True)
        assert "generations" in done.stdout
    assert files_of(tmp_path / "killed") == files_of(tmp_path / "whole")


def test_an_order_is_kept(ledger, tmp_path):
    ledger.export(tmp_path / "out", "chat")
    with pytest.raises(ConfigError, match="another order"):
        ledger.export(tmp_path / "out", "chat", wanted=Wanted(key="0a1b"))
    ledger.export(tmp_path / "out", "chat")
    (tmp_path / "out" / "part-00001.jsonl").write_text("{}")
    with pytest.raises(ConfigError, match="missing or not as it was written"):
        _unfinished(ledger, tmp_path / "out")


def _unfinished(ledger, folder):
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace('"done": true', '"done": false'))
    ledger.export(folder, "chat")


def test_a_directory_with_other_things_is_refused(ledger, tmp_path):
    (tmp_path / "notes.txt").write_text("mine")
    with pytest.raises(ConfigError, match="not empty"):
        ledger.export(tmp_path, "chat")
    (tmp_path / "manifest.json").write_text("[]")
    with pytest.raises(ConfigError, match="not the manifest"):
        ledger.export(tmp_path, "chat")
    assert (tmp_path / "notes.txt").read_text() == "mine"


def test_no_data_directory(tmp_path):
    command = [sys.executable, "-m", "darkhorse", "ledger", "export", str(tmp_path / "out")]
    asked_for = [*command, "--format", "chat", "--data", str(tmp_path / "none")]
    done = subprocess.run(asked_for, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "is not a server's data directory" in done.stderr
    assert PONY not in done.stderr
    assert not (tmp_path / "none").exists()
