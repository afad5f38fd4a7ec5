"""Committed to, revealed and checked, as an operator and then anybody types it."""

import asyncio
import json
import os
import re
import subprocess
import sys

from launch_engines import Engine, serving
from launch_kit import LAUNCH

WHY = ("--why", "a test")


def launch(data, *words):
    done = subprocess.run(
        [sys.executable, "-m", "darkhorse", "launch", *map(str, words)],
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        env={**os.environ, "DARKHORSE_DATA": str(data), "EAST_KEY": "k"},
        check=False,
    )
    assert done.returncode == 0, (done.stdout, done.stderr)
    return done.stdout


async def go_live(folder, data):
    async with serving(Engine(context=4096, claims=4096)) as url:
        file = folder / "mule.toml"
        file.write_text(LAUNCH.replace("http://127.0.0.1:1/v1", url))
        launch(data, "create", file)
        words = ("go-live", "mule", "--commit", "--accept", "no-audit", *WHY)
        return await asyncio.to_thread(launch, data, *words)


def test_the_line_that_the_reveal_prints_gives_what_was_committed_to(tmp_path):
    data = tmp_path / "data"
    told = asyncio.run(go_live(tmp_path, data))
    (committed,) = re.findall(r"SHA-256 ([0-9a-f]{64})", told)
    assert committed in launch(data, "show", "mule")
    launch(data, "retire", "mule", "--yes", *WHY)
    revealed = launch(data, "reveal", "mule", "--yes", *WHY)
    line = revealed.splitlines()[-1]
    assert line in launch(data, "show", "mule").splitlines()
    checked = subprocess.run(["sh", "-c", line], capture_output=True, text=True, check=True)
    assert checked.stdout == f"{committed}  -\n"
    shown = json.loads(launch(data, "show", "mule", "--json"))
    assert "maker: Example Lab\n" in shown["opening"]
