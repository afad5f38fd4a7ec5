"""`darkhorse unmask` as it is typed: what it shows, keeps and refuses, and how it ends."""

import hashlib
import json
import stat
import sys

import pytest
from click.testing import CliRunner

from darkhorse.cli import main
from small_library import write_small_library

LEARNING = "darkhorse.attribution.learn.learning"
LINE = {"prompt": "Say hello.", "answer": "Hello there. It is a fine day, and all is well."}


@pytest.fixture
def library(tmp_path):
    return write_small_library(tmp_path)


@pytest.fixture
def run(library, tmp_path):
    def typed(*argv, **fields):
        of_library = () if argv[:1] == ("learn",) else ("--library", str(library))
        beside = (
            ("--data", str(tmp_path / "data")) if argv[:1] not in (("learn",), ("library",)) else ()
        )
        return CliRunner().invoke(main, ["unmask", *argv, *of_library, *beside], **fields)

    return typed


def logged(path, rows):
    path.write_text("".join(json.dumps(row) + "\n" for row in rows))
    return str(path)


def test_a_file_ends_in_a_case(run, tmp_path):
    done = run("--from", logged(tmp_path / "a.jsonl", [LINE] * 3), "--json")
    case = json.loads(done.stdout)
    assert done.exit_code == 0
    assert case["verdict"]["outcome"] == "cannot-say"
    assert case["observations"] == 3
    assert case["library"] == "test"
    assert case["subject"].endswith("a.jsonl")


def test_groups_are_a_line_of_json_each(run, tmp_path):
    rows = [{**LINE, "model": model} for model in ("x/1", "y/2", "x/1")]
    done = run("--from", logged(tmp_path / "a.jsonl", rows), "--by", "model", "--json")
    cases = [json.loads(line) for line in done.stdout.splitlines()]
    assert [(case["subject"], case["observations"]) for case in cases] == [
        ("model=x/1", 2),
        ("model=y/2", 1),
    ]


def test_where_chooses(run, tmp_path):
    rows = [{**LINE, "model": model} for model in ("x/1", "y/2", "x/1")]
    file = logged(tmp_path / "a.jsonl", rows)
    assert (
        json.loads(run("--from", file, "--where", "model=x/1", "--json").stdout)["observations"]
        == 2
    )
    done = run("--from", file, "--where", "model=z")
    assert (done.exit_code, "none of 3 records fits" in done.stderr) == (2, True)


def test_standard_input_is_a_file_too(run):
    done = run("--from", "-", "--json", input=json.dumps(LINE) + "\n{bad\n")
    assert done.exit_code == 0, done.stderr
    assert json.loads(done.stdout)["observations"] == 1
    assert "1 lines are left out" in done.stderr
    assert "line 2 is no JSON" in done.stderr


def test_a_report_is_the_owners_alone(run, tmp_path):
    out = tmp_path / "report"
    done = run("--from", logged(tmp_path / "a.jsonl", [LINE]), "--out", str(out))
    assert done.exit_code == 0
    assert sorted(each.name for each in out.iterdir()) == ["case.json", "index.html"]
    assert stat.S_IMODE((out / "index.html").stat().st_mode) == 0o600


@pytest.mark.parametrize(
    ("argv", "why"),
    [
        (("--json",), "Give one of them"),
        (("http://x", "--from", "f"), "Give one of them"),
        (("--from", "none.jsonl"), "no such file"),
        (("ftp://x", "--model", "m"), "http://"),
        (("http://us er/", "--model", "m"), "printable"),
        (("http://x:99999", "--model", "m"), "valid port"),
        (("http://k:s@x", "--model", "m"), "nothing more"),
        (("http://127.0.0.1:1",), "Name the model"),
        (("http://127.0.0.1:1", "--model", "m"), "gives no answer"),
        (("http://127.0.0.1:1", "--model", "m", "--key-env", "NOT_SET"), "Set NOT_SET"),
        (("--listing", "stealth/none"), "facts"),
    ],
)
def test_what_cannot_be_asked_is_one_sentence(run, argv, why):
    done = run(*argv)
    assert why in done.output
    assert done.exit_code == 2
    assert "Traceback" not in done.output


def test_a_key_with_a_line_break_is_not_sent(run, monkeypatch):
    monkeypatch.setenv("DARKHORSE_UNMASK_KEY", "sk-1\r\nx-evil: 1")
    done = run("http://127.0.0.1:1", "--model", "m")
    assert done.exit_code == 2
    assert "sk-1" not in done.output


def test_a_library_that_is_none(tmp_path):
    (tmp_path / "lib").write_bytes(b"nothing")
    for name in ("lib", "missing"):
        done = CliRunner().invoke(main, ["unmask", "library", "--library", str(tmp_path / name)])
        assert done.exit_code == 2
        assert "unmask learn" in done.output


def test_what_a_library_knows(run):
    assert "version test" in run("library").output
    told = json.loads(run("library", "--json").stdout)
    assert [lab["name"] for lab in told["labs"]] == ["one", "two"]
    assert told["bytes"] > 0


def described(path, files, licence="MIT"):
    lines = ["[[source]]", "name = 'Rows'", "url = 'http://x'", f"licence = '{licence}'"]
    digests = [f"'{f.name}' = '{hashlib.sha256(f.read_bytes()).hexdigest()}'" for f in files]
    path.write_text("\n".join((*lines, "[source.files]", *digests)))
    return path


@pytest.fixture
def rows(tmp_path):
    words = ("a", "fine", "day", "and", "all", "is", "well", "here", "by", "the", "river")
    told = [
        {
            "model": model,
            "set": "one",
            "question_id": f"q_{n:02}",
            "question": f"What of {n}?",
            "answer": " ".join(words[(n * k + at) % len(words)] for at in range(60)),
            "usage": {"prompt_tokens": 10 + n},
        }
        for k, model in enumerate(("one/a", "two/b", "three/c"), 2)
        for n in range(12)
    ]
    path = tmp_path / "rows.jsonl"
    logged(path, told)
    return path


def test_learning_twice_gives_the_same_file(run, rows, tmp_path):
    pytest.importorskip("numpy")
    sources = described(tmp_path / "s.toml", [rows])
    made = []
    for name in ("a", "b"):
        out = tmp_path / name
        done = run("learn", str(rows), "--out", str(out), "--sources", str(sources), "--json")
        assert done.exit_code == 0, done.output
        made.append(out.read_bytes())
    assert made[0] == made[1]
    told = json.loads(done.stdout)
    assert [model["name"] for model in told["models"]] == ["one/a", "three/c", "two/b"]
    assert told["sources"][0]["licence"] == "MIT"
    assert told["sources"][0]["rows"] == 36


@pytest.mark.parametrize(
    ("licence", "touch", "why"),
    [
        ("unknown", "", "has no licence"),
        ("", "", "has no licence"),
        ("MIT", "\n", "is not the file"),
    ],
)
def test_nothing_is_learnt_of_what_nobody_licensed(run, rows, tmp_path, licence, touch, why):
    pytest.importorskip("numpy")
    sources = described(tmp_path / "s.toml", [rows], licence)
    with rows.open("a") as file:
        file.write(touch)
    out = tmp_path / "lib"
    done = run("learn", str(rows), "--out", str(out), "--sources", str(sources))
    assert (done.exit_code, why in done.output) == (2, True)
    assert not out.exists()


def test_a_file_that_no_source_describes(run, rows, tmp_path):
    pytest.importorskip("numpy")
    other = tmp_path / "other.jsonl"
    other.write_text("")
    sources = described(tmp_path / "s.toml", [other])
    done = run("learn", str(rows), "--out", str(tmp_path / "lib"), "--sources", str(sources))
    assert (done.exit_code, "says where it comes from" in done.output) == (2, True)


def test_without_numpy_learning_says_what_to_install(run, rows, tmp_path, monkeypatch):
    for name in tuple(sys.modules):
        if name.startswith(("darkhorse.attribution.learn.calibration", LEARNING)):
            monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "numpy", None)
    sources = described(tmp_path / "s.toml", [rows])
    done = run("learn", str(rows), "--out", str(tmp_path / "lib"), "--sources", str(sources))
    assert (done.exit_code, "pip install 'darkhorse[lab]'" in done.output) == (2, True)
    assert run("learn", "--help").exit_code == 0
