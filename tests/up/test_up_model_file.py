"""Where the model comes from, and that its bytes are what they should be."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from darkhorse.base.errors import ConfigError
from darkhorse.supervise.model_file import DEFAULT, find

WHEEL = "wheel_of_this_test"

# Stands where huggingface_hub would be: `repo` tells it what to do.
HUB = """
import pathlib
def hf_hub_download(repo, file, local_dir):
    if repo == "no/network":
        raise OSError("no route to host")
    path = pathlib.Path(local_dir, file)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(b"GGUF" + repo.encode())
    return str(path)
"""
FIND = """
import sys, pathlib
from darkhorse.base.errors import ConfigError
from darkhorse.supervise.model_file import find
try:
    print(find(sys.argv[1] or None, pathlib.Path(sys.argv[2]), lambda done, total: None))
except ConfigError as e:
    print("refused:", e)
"""


def nothing(_done: int, _total: int) -> None:
    pass


def find_elsewhere(model: str, data: Path, *paths: Path) -> str:
    """`find` in a Python of its own."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(map(str, paths))}
    return subprocess.run(
        [sys.executable, "-c", FIND, model, data],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.strip()


@pytest.fixture
def hub(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "huggingface_hub.py").write_text(HUB)
    return folder


@pytest.fixture
def wheel(tmp_path: Path, monkeypatch) -> Path:
    """Where an installed wheel of ours has its model file."""
    site = tmp_path / "site-with-wheel"
    information = site / f"{WHEEL}-1.dist-info"
    information.mkdir(parents=True)
    (information / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {WHEEL}\nVersion: 1\n")
    (information / "RECORD").write_text(f"{DEFAULT.file},,\n")
    monkeypatch.syspath_prepend(site)
    return site / DEFAULT.file


def test_the_default_is_in_its_wheel_and_hashed_once(tmp_path):
    seen: list[int] = []
    path = find(None, tmp_path, lambda done, _total: seen.append(done))
    assert path.stat().st_size == DEFAULT.size == seen[-1]
    seen.clear()
    assert find(None, tmp_path, lambda done, _total: seen.append(done)) == path
    assert seen == []


def test_a_changed_file_is_hashed_again_and_refused(tmp_path, wheel):
    real = find(None, tmp_path, nothing)
    wheel.write_bytes(real.read_bytes())
    assert find(None, tmp_path, nothing, wheel=WHEEL) == wheel
    with wheel.open("r+b") as file:
        file.seek(50_000_000)
        file.write(b"another maker")
    with pytest.raises(ConfigError, match="not the model's bytes"):
        find(None, tmp_path, nothing, wheel=WHEEL)


def test_a_cut_file_is_refused(tmp_path, wheel):
    wheel.write_bytes(b"GGUF")
    with pytest.raises(ConfigError, match="sha256 differs"):
        find(None, tmp_path, nothing, wheel=WHEEL)


def test_any_gguf_may_be_given(tmp_path):
    given = tmp_path / "mine.gguf"
    given.write_bytes(b"GGUF and more")
    assert find(str(given), tmp_path, nothing) == given


@pytest.mark.parametrize(
    ("content", "problem"), [(b"PK\x03\x04", "not a GGUF file"), (None, "cannot be read")]
)
def test_what_is_no_gguf_is_refused(tmp_path, content, problem):
    given = tmp_path / "mine.gguf"
    if content is not None:
        given.write_bytes(content)
    with pytest.raises(ConfigError, match=problem):
        find(str(given), tmp_path, nothing)


@pytest.mark.parametrize("model", ["hf:", "hf:owner", "hf:owner/repo", "hf:/repo/file.gguf"])
def test_a_hub_name_is_whole(tmp_path, model):
    with pytest.raises(ConfigError, match="write it as hf:owner/repo/file"):
        find(model, tmp_path, nothing)


def test_a_model_comes_from_the_hub(tmp_path, hub):
    found = find_elsewhere("hf:owner/repo/sub/file.gguf", tmp_path, hub)
    assert found == str(tmp_path / "models" / "sub" / "file.gguf")
    assert Path(found).read_bytes() == b"GGUFowner/repo"


def test_no_network_says_what_to_do(tmp_path, hub):
    said = find_elsewhere("hf:no/network/file.gguf", tmp_path, hub)
    assert said.startswith("refused: no/network/file.gguf could not be downloaded (OSError)")
    assert "--model PATH" in said


def test_without_the_hub_it_says_what_to_install(tmp_path):
    said = find_elsewhere("hf:owner/repo/file.gguf", tmp_path)
    if "could not be downloaded" in said:
        pytest.skip("huggingface_hub is installed here")
    requirements = Path(__file__).parents[2] / "requirements" / "hub.txt"
    assert said.startswith("refused: owner/repo/file.gguf is not on this machine")
    assert said.endswith(
        f"{sys.executable} -m pip install --require-hashes --no-deps -r {requirements}"
    )


def test_without_the_wheel_the_hub_is_asked_and_its_bytes_are_checked(tmp_path, hub, monkeypatch):
    monkeypatch.syspath_prepend(hub)
    monkeypatch.delitem(sys.modules, "huggingface_hub", raising=False)
    with pytest.raises(ConfigError, match="not the model's bytes"):
        find(None, tmp_path, nothing, wheel="no-such-wheel")
    assert (tmp_path / "models" / DEFAULT.file).read_bytes() == b"GGUF" + DEFAULT.repo.encode()
