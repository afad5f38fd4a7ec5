"""What is not ours among the static files: byte for byte as published, and light enough."""

import gzip
import tomllib
from hashlib import sha256
from pathlib import Path

import darkhorse.web

STATIC = Path(darkhorse.web.__file__).with_name("static")
VENDOR = STATIC / "vendor"
MOST_SCRIPT = 60_000  # bytes of all scripts together, gzipped: no page loads more


def test_each_file_is_the_one_that_is_named():
    named = tomllib.loads((VENDOR / "VENDOR.toml").read_text())
    found = {path.name for path in VENDOR.iterdir()} - {"VENDOR.toml"}
    assert found == set(named)
    for name, facts in named.items():
        assert sha256((VENDOR / name).read_bytes()).hexdigest() == facts["sha256"], name
        assert facts["licence"] in ("0BSD", "MIT"), name


def test_all_scripts_together_are_light():
    desk = STATIC.parent / "desk" / "static"
    scripts = [path for folder in (STATIC, VENDOR, desk) for path in folder.glob("*.js")]
    assert len(scripts) > 8
    assert sum(len(gzip.compress(path.read_bytes())) for path in scripts) <= MOST_SCRIPT
