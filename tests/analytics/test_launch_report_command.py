"""`darkhorse launch report`: a page or figures, beside the record, readable for our user alone."""

import json
import stat

import pytest
from click.testing import CliRunner

from darkhorse.cli.launch import launch

FILE = """\
[public]
slug = "stealth/pony"
title = "Pony"
context = 1000
max_output = 500
[private]
maker = "Example Lab"
model = "Example-5"
[[private.endpoint]]
name = "secret-east"
url = "http://127.0.0.1:1/v1"
"""


@pytest.fixture
def run(tmp_path, monkeypatch):
    """In a directory of its own, where there is a draft."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "pony.toml").write_text(FILE)

    def command(*words):
        return CliRunner().invoke(launch, [*words, "--data", str(tmp_path / "data")])

    assert command("create", "pony.toml", "--by", "ann").exit_code == 0
    return command


def test_a_page_that_is_ours_alone(run, tmp_path):
    done = run("report", "pony")
    assert done.exit_code == 0, done.output
    assert done.output == "stealth-pony-report.html: private.\n"
    path = tmp_path / "stealth-pony-report.html"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    page = path.read_text()
    assert "Pony is a draft: nobody can ask it anything." in page
    assert "Example-5 by Example Lab" in page
    assert [each.name for each in tmp_path.glob(".stealth*")] == []


def test_one_for_the_public(run, tmp_path):
    done = run("report", "stealth/pony", "--public", "--out", "here.html")
    assert done.output == "here.html: may be shown to anybody.\n"
    assert "Example Lab" not in (tmp_path / "here.html").read_text()


def test_figures_for_programs(run, tmp_path):
    figures = json.loads(run("report", "pony", "--json").stdout)
    assert (figures["slug"], figures["state"], figures["public"]) == (
        "stealth/pony",
        "draft",
        False,
    )
    assert figures["head"]["requests"] == 0
    run("report", "pony", "--json", "--out", "here.json")
    assert json.loads((tmp_path / "here.json").read_text())["title"] == "Pony"


def test_an_operators_mistake_is_one_sentence(run):
    assert "No launch `mule`" in run("report", "mule").output
    lost = run("report", "pony", "--out", "absent/here.html")
    assert (lost.exit_code, lost.output.count("\n")) == (1, 1)
    assert "absent/here.html: cannot be written (No such file or directory)." in lost.output
