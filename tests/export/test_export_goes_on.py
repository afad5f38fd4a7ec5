"""An export that was interrupted goes on, and comes to the same bytes."""

import os
import signal
import subprocess
import sys
import time
from collections import Counter

import pytest
from export_kit import PONY, Ledger, asked, files_of

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.disk import RealDisk
from darkhorse.storage.ledger.export.order import Order, Wanted
from darkhorse.storage.ledger.export.parts import Manifest, Parts, Told
from darkhorse.wiring.export import WORK


@pytest.fixture(scope="module")
def ledger(tmp_path_factory):
    ledger = Ledger(tmp_path_factory.mktemp("ledger") / "data")
    turns = []
    for number in range(60):
        turns = turns[-12:] if number % 7 else []
        turns += [f"Question {number}? " + "words " * 1_500]
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
    options = {"part_bytes": 200_000}
    ledger.export(tmp_path / "whole", form, **options)
    expected = files_of(tmp_path / "whole")
    assert len(expected) > 3
    for moment in (1, 25, 70):
        folder = tmp_path / f"at-{moment}"
        try:
            ledger.export(folder, form, on_progress=_stopping_at(moment), **options)
        except Interrupted:
            pass
        else:
            assert moment == 70  # one look for each generation; two where last turns are sought
        ledger.export(folder, form, **options)
        assert files_of(folder) == expected


_AS_COMMANDED = {"part_bytes": 1_000_000, "wanted": Wanted(outcomes=("done",))}


def test_kill(ledger, tmp_path):
    command = [
        *(sys.executable, "-m", "darkhorse", "ledger", "export", str(tmp_path / "killed")),
        *("--format", "chat", "--part-mb", "1", "--keep-secrets", "--data", str(ledger.data)),
    ]
    (ledger.data / WORK).mkdir(mode=0o700, exist_ok=True)  # tests come in any order
    left = ledger.data / WORK / "left"
    left.mkdir()
    (left / "0.txt").write_text("as it came")  # of an export that was killed
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    deadline = time.monotonic() + 60
    while not (tmp_path / "killed" / "part-00002.jsonl").exists() and process.poll() is None:
        assert time.monotonic() < deadline
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    assert "generations" in done.stdout
    ledger.export(tmp_path / "whole", "chat", **_AS_COMMANDED)
    assert files_of(tmp_path / "killed") == files_of(tmp_path / "whole")
    assert not list((ledger.data / WORK).iterdir())
    assert (ledger.data / WORK).stat().st_mode & 0o077 == 0


def test_an_order_is_kept(ledger, tmp_path):
    ledger.export(tmp_path / "out", "chat")
    with pytest.raises(ConfigError, match="another order"):
        ledger.export(tmp_path / "out", "chat", wanted=Wanted(finishes=("length",)))
    ledger.export(tmp_path / "out", "chat")
    (tmp_path / "out" / "part-00001.jsonl").write_text("{}")
    with pytest.raises(ConfigError, match="missing or not as it was written"):
        _unfinished(ledger, tmp_path / "out")


def _unfinished(ledger, folder):
    path = folder / "manifest.json"
    path.write_text(path.read_text().replace('"done": true', '"done": false'))
    ledger.export(folder, "chat")


def test_a_disk_that_takes_no_more(ledger, tmp_path):
    """Stood in for by a limit on the size of files: the same error, but for its number."""
    limit = "import resource, runpy; resource.setrlimit(resource.RLIMIT_FSIZE, (300_000, 300_000))"
    run = f"{limit}; runpy.run_module('darkhorse', run_name='__main__')"
    command = [
        *(sys.executable, "-c", run, "ledger", "export", str(tmp_path / "out")),
        *("--format", "chat", "--part-mb", "1", "--keep-secrets", "--data", str(ledger.data)),
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert f"{tmp_path}/out/part-00001" in done.stderr
    assert "cannot be written (File too large)" in done.stderr.replace("\n", " ")
    assert "the same command goes on" in done.stderr.replace("\n", " ")
    assert "Traceback" not in done.stderr
    assert ledger.export(tmp_path / "out", "chat", **_AS_COMMANDED)


def test_parquet_says_nothing_of_what_it_cannot_read(tmp_path):
    order = Order(form="parquet", wanted=Wanted(), part_bytes=1)
    parts = Parts(tmp_path, RealDisk())
    told = Told(1, Counter(), Counter())
    with pytest.raises(ConfigError, match=r"part-00001\.parquet: cannot be written") as caught:
        parts.add(parts.write(Manifest(order=order)), [b'{"request": private words'], told)
    assert "private" not in str(caught.value)


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
