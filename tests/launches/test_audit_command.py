"""`darkhorse audit` as an operator types it: in a rehearsal, at an address, and interrupted."""

import json
import os
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest
from click.testing import CliRunner
from launch_kit import LAUNCH

from darkhorse.catalog.channels import CHANNELS
from darkhorse.cli import main
from darkhorse.supervise import place as places
from darkhorse.wiring.launches import open_desk
from darkhorse.wiring.targets import note_model, note_server

WHY = ("--why", "a test")
CONFIG = """\
[server]
port = 1
[limits.address]
requests_per_minute = 1
[limits.key]
requests_per_minute = 1
"""


class Place:
    """A data directory with a draft in it, and a folder for what is temporary."""

    def __init__(self, folder: Path, url: str, model: str) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.begun = []
        self.temporary = folder / "tmp"
        self.temporary.mkdir()
        self.file = folder / "mule.toml"
        limited = LAUNCH.replace("window.days = 5", "limits.key.requests_per_minute = 1")
        behind = f'url = "{url}"\nmodel = "{model}"'
        self.text = limited.replace('url = "http://127.0.0.1:1/v1"', behind)
        self.text = self.text.replace("quirks.extra = { a = [1, { b = 'c' }] }\n", "")
        self.file.write_text(self.text)
        self.run("launch", "create", self.file)

    @property
    def own(self):
        return {"DARKHORSE_DATA": str(self.data), "TMPDIR": str(self.temporary), "EAST_KEY": "k"}

    @property
    def environment(self):
        return {**os.environ, **self.own}

    def argv(self, *words):
        return [sys.executable, "-m", "darkhorse", *map(str, words)]

    def audit(self, *words, code=0):
        done = subprocess.run(
            self.argv("audit", *words),
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            env=self.environment,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        assert "Traceback" not in done.stderr
        return done

    def begin(self, *words, **more):
        self.begun.append(subprocess.Popen(self.argv(*words), env=self.environment, **more))
        return self.begun[-1]

    def run(self, *words, code=0, **environment):
        """Any other command: in this process, to be quick."""
        words = [str(word) for word in words]
        done = CliRunner().invoke(main, words, env={**self.own, **environment})
        assert done.exit_code == code, (done.output, done.exception)
        return done

    def refused(self, *words, **environment):
        """What is said on stderr where nothing could be audited."""
        return " ".join(self.run("audit", *words, code=2, **environment).stderr.split())

    def edit(self, text):
        self.file.write_text(text)
        return self.run("launch", "edit", "mule", self.file, "--no-prove", *WHY)

    def rehearsals(self):
        return set(self.temporary.glob("darkhorse-audit-*"))

    def audits(self):
        desk = open_desk(self.data)
        return desk.audits(desk.find("mule"))


@pytest.fixture
def place(tmp_path, scripted):
    place = Place(tmp_path, scripted, "ok")
    yield place
    for process in place.begun:
        process.kill()
        process.wait()


def modes(folder):
    return {path.name: oct(path.stat().st_mode & 0o777) for path in (folder, *folder.iterdir())}


def test_a_draft_is_audited_goes_live_and_changes(place, tmp_path):
    settings = tmp_path / "darkhorse.toml"
    settings.write_text(CONFIG)
    done = place.audit("mule", "--quick", "--config", settings, "--out", tmp_path / "out")
    (audit,) = place.audits()
    assert audit.quick
    assert " s, with --quick." in done.stdout
    rows = [line.split()[0] for line in done.stdout.splitlines() if line.startswith(" ")]
    assert {row.partition("/")[0] for row in rows} >= {each.name for each in CHANNELS}
    assert f"{audit.calls:,} calls, {audit.tokens:,} tokens" in done.stdout
    assert {each.verdict for each in audit.findings if each.channel == "error-bodies"} == {"closed"}
    assert audit.endpoint == "east"
    # What was asked is nowhere but in the report, which is ours alone.
    assert place.rehearsals() == set()
    assert not (place.data / "journal").exists()
    report = modes(place.data / "audits" / audit.id)
    assert report == {audit.id: "0o700", "audit.json": "0o600", "index.html": "0o600"}
    assert modes(tmp_path / "out") == {**dict(list(report.items())[1:]), "out": "0o700"}
    assert json.loads((tmp_path / "out" / "audit.json").read_bytes())["id"] == audit.id
    # It is good for this very launch.
    shown = place.run("launch", "show", "mule").stdout
    assert f"({audit.id}): nothing stops it" in shown
    place.run("launch", "go-live", "mule", "--no-prove", *WHY)
    changed = place.edit(place.text.replace('model = "ok"', 'model = "echo"'))
    assert "Warning: stealth/mule-beta was audited on" in changed.stderr
    told = json.loads(place.run("launch", "show", "mule", "--json").stdout)
    assert told["audit"]["standing"] == "changed"
    assert told["audit"]["changed"] == "its private side"
    assert told["moves"][1]["accepted"] == []
    assert "before its private side changed" in told["moves"][2]["detail"]


def test_somebody_elses_model_that_leaks(place, scripted, tmp_path):
    out = tmp_path / "out"
    words = ("ok", "--url", scripted, "--only", "error-bodies", "--only", "catalogue")
    done = place.audit(*words, "--out", out, "--json", code=1)
    told = json.loads(done.stdout)
    assert "No launch `ok`" in done.stderr
    assert {each["channel"] for each in told["findings"]} == {"error-bodies", "catalogue"}
    assert any(each["verdict"] == "leaks" and each["deterministic"] for each in told["findings"])
    assert (told["url"], told["subject"], told.get("endpoint", "")) == (scripted, "", "")
    assert (out / "index.html").exists()
    assert place.audits() == []
    table = place.audit(*words, code=1).stdout
    assert "One look tells who ok is: " in table


def test_a_part_of_an_audit_is_kept_and_does_not_count(place):
    done = place.audit("mule", "--only", "side-routes")
    assert "without --only" in done.stdout
    (audit,) = place.audits()
    assert (audit.only, {each.channel for each in audit.findings}) == (
        ("side-routes",),
        {"side-routes"},
    )
    refused = place.run("launch", "go-live", "mule", *WHY, code=1).stderr
    assert "run `darkhorse audit stealth/mule-beta`" in refused
    folder = place.data / "audits" / audit.id
    assert folder.exists()
    place.run("launch", "discard", "mule", "--yes")
    assert not folder.exists()


MISTAKES = (
    (("nobody",), "No launch `nobody`"),
    (("mule", "--only", "header"), "no channel `header`; there is headers"),
    (("mule", "--only", "battles"), "Nothing can be tested of that: battles: there are none"),
    (("mule", "--endpoint", "west"), "has no endpoint `west`; it has east"),
    (("mule", "--key-env", "HERS"), "--key-env is a key for --url"),
    (("mule", "--url", "http://x/v1", "--key-env", "HERS"), "Set HERS to the key"),
    (("mule", "--url", "x"), "its url must be http"),
    (("mule", "--url", "http://127.0.0.1:1/v1"), "The public side of stealth/mule-beta gives"),
    (("mule", "--out", "/dev/null/x"), "/dev/null/x: the report cannot be written"),
)


def test_what_cannot_be_audited_is_no_leak(place):
    for words, said in MISTAKES:
        assert said in place.refused(*words)
    assert place.audits() == []


def test_an_endpoint_that_is_down_has_closed_nothing(place):
    place.edit(place.text.replace("http://127.0.0.1:", "http://127.0.0.1:1/"))
    assert "The endpoint of stealth/mule-beta gives no answer" in place.refused("mule")
    assert "Endpoint east: set EAST_KEY to its key." in place.refused("mule", EAST_KEY="")


def test_what_the_other_side_says_of_an_error_is_told(place, scripted):
    said = place.refused("status-401", "--url", f"{scripted}")
    assert "The public side of status-401 gives no answer (status 401: " in said


def test_a_running_server_need_not_have_the_key(place):
    note_server(place.data, "http://127.0.0.1:1", {})
    with places.claim(place.data, print):
        place.audit("mule", "--only", "side-routes")


def test_vectors_are_not_audited(place):
    place.edit(place.text.replace("context =", 'output = ["embeddings"]\ncontext ='))
    assert "writes no text" in place.refused("mule")


def test_the_embedded_model_is_that_of_the_running_server(place, scripted):
    here = f'url = "{scripted}"'
    place.edit(place.text.replace(here, 'url = "embedded"').replace('key_env = "EAST_KEY"\n', ""))
    assert "only answers while `darkhorse up` runs" in place.refused("mule")
    note_model(place.data, scripted, "a key")
    place.audit("mule", "--only", "generation-record")
    (audit,) = place.audits()
    assert [each.verdict for each in audit.findings] == ["closed"]


@pytest.mark.parametrize(
    ("number", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)], ids=["ctrl-c", "term"]
)
def test_nothing_is_left_of_a_rehearsal_that_is_interrupted(place, number, code):
    killed, left = rehearsing(place)
    killed.kill()
    killed.wait(10)
    until(lambda: not children_in(left))
    assert left.exists()  # nobody could take it away
    audit, folder = rehearsing(place)
    assert place.rehearsals() == {folder}
    audit.send_signal(number)
    assert audit.wait(15) == code
    assert place.rehearsals() == set()
    assert not children_in(folder)


def test_ctrl_c_before_anything_began_is_no_leak_either(place, tmp_path):
    config = tmp_path / "pipe"
    os.mkfifo(config)
    audit = place.begin("audit", "mule", "--config", config, stderr=subprocess.PIPE, text=True)
    with config.open("w"):  # opens as soon as it is being read
        audit.send_signal(signal.SIGINT)
        _, said = audit.communicate(timeout=15)
    assert (audit.returncode, said) == (130, "stopped; nothing was kept\n")


STRUCK = """
import os, signal, sys
class Strike:
    def find_spec(self, name, *_):
        if name == "darkhorse.attribution.client.door":
            os.kill(os.getpid(), signal.SIGINT)
sys.meta_path.insert(0, Strike())
from darkhorse.cli import main
main(["audit", "mule"])
"""


def test_nor_is_ctrl_c_while_it_is_being_loaded():
    done = subprocess.run([sys.executable, "-c", STRUCK], capture_output=True, check=False)
    assert (done.returncode, done.stderr) == (130, b"")


def rehearsing(place):
    """An audit whose rehearsal is under way, and the folder of that."""
    before = place.rehearsals()
    audit = place.begin("audit", "mule")
    (folder,) = until(lambda: place.rehearsals() - before)
    until(lambda: len(children_in(folder)) == 3)
    return audit, folder


def children_in(folder):
    """Processes that were told of it."""
    found = []
    for entry in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found += [entry.parent.name] * (os.fsencode(folder) in entry.read_bytes())
        except OSError:  # it ended meanwhile
            continue
    return found


def until(check, seconds=20):
    deadline = time.monotonic() + seconds
    pause = threading.Event()
    while not (found := check()):
        assert time.monotonic() < deadline, "it never came to that"
        pause.wait(0.02)
    return found
