"""What a run has cost is never lost: to a report that cannot be written, or a file not ours."""

import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from click.testing import CliRunner

from darkhorse.attribution.keeping import Kept, Run, finished
from darkhorse.attribution.library.library import Lab, Library, pack
from darkhorse.base.errors import ConfigError
from darkhorse.cli import main

RUN = Run(url="http://x", model="m", budget="quick", dialect="chat", seed=1)


@pytest.fixture(scope="module")
def api():
    """An API that says the same to everybody; its address, and what it was asked."""
    asked = []

    class Api(BaseHTTPRequestHandler):
        def do_POST(self):
            asked.append(self.rfile.read(int(self.headers["content-length"])))
            message = {"role": "assistant", "content": "Yes."}
            choice = {"index": 0, "message": message, "finish_reason": "stop"}
            body = json.dumps({"id": "x", "model": "mule", "choices": [choice]}).encode()
            self.send_response(200)
            self.send_header("content-type", "application/json")
            self.send_header("content-length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def do_GET(self):
            self.send_error(404)

        def log_message(self, *_):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Api)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/v1", asked
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def run(api, tmp_path):
    library = tmp_path / "lib"
    library.write_bytes(pack(Library(version="test", labs=(Lab(name="one", title="One"),))))

    def typed(*argv):
        beside = ("--library", str(library), "--data", str(tmp_path / "data"))
        return CliRunner().invoke(main, ["unmask", *argv, *beside])

    def asks(*argv):
        api[1].clear()
        return typed(api[0], "--model", "m", "--budget", "quick", "--yes", *argv)

    typed.asks = asks
    return typed


@pytest.mark.parametrize(
    "held",
    [
        b"precious",
        b"precious\nand more",
        b'{"model": "gpt-4"}',
        b'{"run":"done"}',
        b"\nprecious",
        b"\n",
        b"\xff",
    ],
)
def test_a_file_that_is_no_run_is_left_as_it_is(tmp_path, held):
    path = tmp_path / "precious.json"
    path.write_bytes(held)
    with pytest.raises(ConfigError, match="no file of a run"):
        Kept(path, RUN)
    assert path.read_bytes() == held


@pytest.mark.parametrize("held", [b"", b"{", b'{"run":"beg', b'{"run":"begun","url":"http'])
def test_a_run_that_was_cut_in_its_first_line_begins_anew(tmp_path, held):
    path = tmp_path / "run.jsonl"
    path.write_bytes(held)
    with Kept(path, RUN) as kept:
        assert (kept.run, kept.seen) == (RUN, [])
    with Kept(path, RUN) as kept:
        assert kept.run == RUN
    assert path.read_bytes().count(b"begun") == 1


def test_a_kept_file_of_any_name_has_its_report_beside_it(run, tmp_path):
    done = run.asks("--keep", str(tmp_path / "mine"))
    assert done.exit_code == 0, done.output
    assert finished(tmp_path / "mine")
    assert (tmp_path / "mine-report" / "case.json").is_file()
    assert str(tmp_path / "mine-report") in done.output


def test_a_report_that_cannot_be_written_costs_no_question(run, api, tmp_path):
    (tmp_path / "file").write_text("")
    done = run.asks("--out", str(tmp_path / "file" / "report"))
    assert (done.exit_code, "cannot be written" in done.output) == (2, True)
    assert api[1] == []


def test_a_run_is_over_only_when_it_was_judged(run, monkeypatch, tmp_path):
    def interrupted(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr("darkhorse.cli.unmask_live.judge", interrupted)
        assert run.asks("--keep", str(tmp_path / "run")).exit_code == 130
    assert not finished(tmp_path / "run")
    done = run.asks("--keep", str(tmp_path / "run"), "--json")
    assert json.loads(done.stdout)["subject"].startswith("m at ")
    assert finished(tmp_path / "run")


@pytest.mark.parametrize("how", [(), ("--json",)])
def test_a_verdict_is_told_before_its_report_fails(run, tmp_path, how):
    log = tmp_path / "a.jsonl"
    log.write_text(json.dumps({"prompt": "Say hello.", "answer": "Hello."}))
    (tmp_path / "out" / "index.html" / "in-the-way").mkdir(parents=True)
    done = run("--from", str(log), "--out", str(tmp_path / "out"), *how)
    assert (done.exit_code, "cannot be written" in done.stderr) == (2, True)
    assert "library" in done.stdout
    assert "1 answers read" in done.stdout or json.loads(done.stdout)["observations"] == 1
