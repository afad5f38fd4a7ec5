"""Pages and lists that are made from something else are what it makes today."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
REQUIREMENTS = sorted((ROOT / "requirements").glob("*.txt"))
OF_ENGINE = sorted((ROOT / "engine" / "requirements").glob("*.txt"))


@pytest.mark.parametrize("name", ["settings", "launch"])
def test_a_page_is_what_the_definitions_say(name):
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "settings_docs.py", name],
        capture_output=True,
        text=True,
        check=True,
    )
    written = (ROOT / "docs" / f"{name}.md").read_text(encoding="utf-8")
    assert written == done.stdout, "run: python scripts/settings_docs.py --write"


def test_there_are_requirements():
    names = ["browser", "clients", "dev", "hub", "lab", "litellm", "model", "run", "vocabularies"]
    assert [p.stem for p in REQUIREMENTS] == names
    assert [p.stem for p in OF_ENGINE] == ["dev", "run", "torch", "whole-torch"]


@pytest.mark.parametrize("path", REQUIREMENTS + OF_ENGINE, ids=lambda p: p.stem)
def test_requirements_are_pinned_hashed_and_name_no_host(path):
    text = path.read_text()
    assert "--index-url" not in text
    assert "http://" not in text
    assert "https://" not in text
    for entry in text.replace("\\\n", " ").splitlines():
        assert re.match(r"^[a-z0-9.-]+(\[[a-z,]+\])?==\S+ ", entry), entry
        assert re.search(r"--hash=sha256:[0-9a-f]{64}", entry), entry


SCRIPTS = [
    *(f"scripts/{name}" for name in ("up", "test", "check", "install", "lab", "requirements")),
    *(f"engine/scripts/{name}" for name in ("check", "engine", "install", "test", "torch")),
]


@pytest.mark.parametrize("name", SCRIPTS)
def test_scripts_can_be_run(name):
    path = ROOT / name
    assert path.stat().st_mode & 0o111
    assert path.read_text().startswith("#!/usr/bin/env bash\n")
    subprocess.run(["bash", "-n", path], check=True)
