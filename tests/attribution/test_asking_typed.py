"""What `darkhorse unmask` says of itself, and what it makes of odd names."""

import io
import json
from pathlib import Path

import pytest
from click.testing import CliRunner
from rich.console import Console

from darkhorse.attribution.learn.sources import described
from darkhorse.attribution.library.library import Lab, Library, Model, Source, pack
from darkhorse.cli import main, unmask_telling
from darkhorse.wiring.unmask import SHIPPED

ROW = {"prompt": "Say hello.", "answer": "Hello there."}


@pytest.fixture
def run(tmp_path):
    labs = (Lab(name="one", title="One [/bold] of [red]two"),)
    models = (Model(name="one/m", lab="one"),)
    sources = (Source(name="Rows", url="[/] by hand", licence="MIT", sha256="0" * 64),)
    library = tmp_path / "lib"
    library.write_bytes(pack(Library(version="test", labs=labs, models=models, sources=sources)))

    def typed(*argv):
        beside = () if argv[0] == "library" else ("--data", str(tmp_path / "data"))
        return CliRunner().invoke(
            main, ["unmask", *argv, "--library", str(library), *beside], prog_name="darkhorse"
        )

    return typed


@pytest.fixture
def log(tmp_path):
    def written(*rows):
        path = tmp_path / "a.jsonl"
        path.write_text("".join(json.dumps({**ROW, **row}) + "\n" for row in rows))
        return str(path)

    return written


@pytest.mark.parametrize("argv", [(), ("--help",), ("http://x", "--help")])
def test_help_names_no_hidden_command_and_keeps_its_lines(argv):
    told = CliRunner().invoke(main, ["unmask", *argv], prog_name="darkhorse").output
    assert told.startswith("Usage: darkhorse unmask [OPTIONS] [URL]\n")
    assert "judge" not in told.partition("Options:")[0]
    assert "\n  darkhorse unmask library                          what the library knows\n" in told
    assert "\\b" not in told
    assert "\b" not in told


def test_a_slip_names_the_command_that_was_typed():
    done = CliRunner().invoke(main, ["unmask", "http://x", "--bogus"], prog_name="darkhorse")
    assert (done.exit_code, "'darkhorse unmask --help'" in done.output) == (2, True)
    assert "judge" not in done.output


def test_a_field_that_no_record_has_groups_nothing(run, log):
    done = run("--from", log({"model": "x/1"}, {"provider": "p"}), "--by", "model,nosuch")
    assert done.exit_code == 2
    assert "--by nosuch: no record has it; there are: answer, model, prompt, provider." in (
        done.output.replace("\n", " ")
    )


def test_a_field_that_some_records_have_groups_them(run, log):
    done = run("--from", log({"model": "x/1"}, {"provider": "p"}), "--by", "model", "--json")
    assert len(done.stdout.splitlines()) == 2


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        (({"model": "x/1"}, {}, {"model": ""}), ""),
        (({"model": "x/1"}, {"model": "y/2"}, {}), "answers of 2 models by name"),
    ],
)
def test_rows_without_a_name_are_no_model(run, log, rows, told):
    done = run("--from", log(*rows), "--json")
    assert told in done.stderr
    assert bool(told) == ("by name" in done.stderr)


def test_a_files_name_is_shown_as_it_is_on_the_bar(monkeypatch):
    shown = io.StringIO()

    def terminal(**_):
        return Console(file=shown, force_terminal=True, width=200)

    monkeypatch.setattr(unmask_telling, "Console", terminal)
    with unmask_telling.counting() as on_progress:
        on_progress("reading a[red][/bold].jsonl", 1, 2)
    assert "reading a[red][/bold].jsonl" in shown.getvalue()


def test_a_librarys_names_are_shown_as_they_are(run):
    done = run("library")
    assert done.exit_code == 0, done.output
    assert "One [/bold] of [red]two" in done.output
    assert "[/] by hand" in done.output


def test_where_data_come_from_may_be_said_in_words():
    file = described(Path(SHIPPED).with_name("sources.toml"))
    assert any(not each.url.startswith("http") for each in file.source)
    assert all(each.url for each in file.source)
