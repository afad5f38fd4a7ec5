"""`darkhorse launch` as an operator types it, on a data directory without a server."""

import asyncio
import json
import os
import re
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from launch_engines import Engine, serving
from launch_kit import LAUNCH

from darkhorse.launches.desk import Reason
from darkhorse.wiring.launches import open_desk

WHY = ("--why", "a test")
GO = (*WHY, "--accept", "no-audit")
REASON = Reason("a test", "to see", ("no-audit",))


@pytest.fixture
def launch(tmp_path):
    """Runs `darkhorse launch …`; the process's end with stdout and stderr."""
    file = tmp_path / "mule.toml"
    file.write_text(LAUNCH)
    data = tmp_path / "data"

    def run(*words, code=0, **environment):
        done = subprocess.run(
            [sys.executable, "-m", "darkhorse", "launch", *map(str, words)],
            capture_output=True,
            text=True,
            stdin=subprocess.DEVNULL,
            env={**os.environ, "DARKHORSE_DATA": str(data), **environment},
            check=False,
        )
        assert done.returncode == code, (done.stdout, done.stderr)
        return done

    run.file = file
    run.data = data
    return run


def refusal(done):
    lines = done.stderr.splitlines()
    assert lines[-1].startswith("Error: "), done.stderr
    assert "Traceback" not in done.stderr
    return lines[-1]


def states(launch):
    done = launch("list", "--json")
    return [json.loads(line)["life"]["state"] for line in done.stdout.splitlines()]


def test_create_list_and_show(launch):
    launch("check", launch.file)
    done = launch("create", launch.file, "--by", "ann", "--why", "for Monday")
    assert "stealth/mule-beta is a draft. `darkhorse audit stealth/mule-beta` says" in done.stdout
    assert (launch.data.stat().st_mode & 0o777) == 0o700
    assert "stealth/mule-beta" in launch("list").stdout
    assert launch("show", "mule", "--toml").stdout == LAUNCH
    shown = launch("show", "mule").stdout
    for words in ("draft since", "1,000 public tokens", "Example Lab", "$EAST_KEY", "for Monday"):
        assert words in shown
    whole = json.loads(launch("show", "mule", "--json").stdout)
    assert whole["moves"][0]["who"] == "ann"
    assert whole["private"]["maker"] == "Example Lab"


def test_a_file_with_a_mistake_makes_nothing(launch):
    launch.file.write_text(LAUNCH.replace("context = 1000", "context = 'many'"))
    for command in ("check", "create"):
        said = refusal(launch(command, launch.file, code=1))
        assert f"{launch.file}: line 6: `public.context`: expected `int`, got `str`" in said
    assert not launch.data.exists()


def test_the_same_file_twice(launch):
    launch("create", launch.file)
    assert "a name is never used twice" in refusal(launch("create", launch.file, code=1))
    assert states(launch) == ["draft"]


def test_a_window_in_the_past(launch):
    launch.file.write_text(
        LAUNCH.replace("window.days = 5", "window.closes = 2026-01-01T00:00:00Z")
    )
    assert "that moment is past" in refusal(launch("create", launch.file, code=1))
    assert states(launch) == []


def test_a_data_directory_that_is_not_there(launch):
    assert "no such directory" in refusal(launch("list", code=1))
    assert not launch.data.exists()


@pytest.mark.parametrize("move", ["retire", "reveal", "extend", "go-live", "edit"])
def test_a_move_without_its_reason_is_not_made(launch, move):
    launch("create", launch.file)
    assert "Missing option '--why'" in launch(move, "mule", code=2).stderr


def test_what_cannot_be_undone_is_asked_about(launch):
    launch("create", launch.file)
    desk = open_desk(launch.data)
    desk.go_live(desk.find("mule"), REASON)
    assert "add --yes" in refusal(launch("retire", "mule", *WHY, code=1))
    assert states(launch) == ["live"]
    launch("retire", "mule", *WHY, "--yes")
    assert "add --yes" in refusal(launch("reveal", "mule", *WHY, code=1))
    done = launch("reveal", "mule", *WHY, "--yes", "--text", "Thank you.")
    assert "Example-5 by Example Lab" in done.stdout
    assert states(launch) == ["revealed"]
    assert "is revealed: " in refusal(launch("retire", "mule", *WHY, "--yes", code=1))


def test_extend(launch):
    launch("create", launch.file)
    refused = refusal(launch("extend", "mule", *WHY, "--days", "1", code=1))
    assert "is draft: only a live launch has a window to extend" in refused
    desk = open_desk(launch.data)
    live = desk.go_live(desk.find("mule"), REASON)
    assert "add --yes" in refusal(launch("extend", "mule", *WHY, "--until", soon(), code=1))
    launch("extend", "mule", *WHY, "--days", "1.5")
    assert desk.find("mule").life.closes_us == live.life.closes_us + 129_600_000_000
    launch("extend", "mule", *WHY, "--until", "2099-01-01T00:00+02:00")
    assert desk.find("mule").life.closes_us == 4_070_901_600_000_000
    for words, problem in (
        ((), "--days N or until when with --until"),
        (("--days", "1", "--until", "2099-01-01T00:00Z"), "--days N or until when with --until"),
        (("--until", "tomorrow"), "`tomorrow` is no moment"),
        (("--until", "2099-01-01T00:00"), "has no time zone"),
        (("--until", "2020-01-01T00:00Z"), "1 January 2020, 00:00 UTC is past"),
    ):
        assert problem in refusal(launch("extend", "mule", *WHY, *words, code=1))


def soon():
    return (datetime.now(UTC) + timedelta(hours=1)).isoformat()


def test_discard(launch):
    launch("create", launch.file)
    assert "add --yes" in refusal(launch("discard", "mule", code=1))
    launch("discard", "mule", "--yes")
    assert states(launch) == []
    launch("create", launch.file)
    desk = open_desk(launch.data)
    desk.go_live(desk.find("mule"), REASON)
    assert "is no draft any more" in refusal(launch("discard", "mule", "--yes", code=1))
    assert states(launch) == ["live"]


def test_what_was_written_in_the_editor_is_not_lost(launch, tmp_path):
    launch("create", launch.file)
    editor = tmp_path / "editor"
    editor.write_text("#!/bin/sh\nsed -i 's/^title/titl/' \"$1\"\n")
    editor.chmod(0o755)
    done = subprocess.run(
        ["script", "-qec", f"{sys.executable} -m darkhorse launch edit mule --why t", "/dev/null"],
        env={**os.environ, "DARKHORSE_DATA": str(launch.data), "EDITOR": str(editor)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "did you mean `title`?" in done.stdout
    kept = re.search(r"is kept: (\S+)", done.stdout)
    assert "titl = " in Path(kept[1]).read_text()


def test_edit(launch):
    launch("create", launch.file)
    assert "Name a FILE" in refusal(launch("edit", "mule", *WHY, code=1))
    assert "nothing differs" in refusal(launch("edit", "mule", launch.file, *WHY, code=1))
    launch.file.write_text(LAUNCH.replace("context = 1000", "context = 2000"))
    launch("edit", "mule", launch.file, *WHY)
    assert "2,000 public tokens" in launch("show", "mule").stdout


def test_edit_in_an_editor_starts_from_the_files_own_text(launch, tmp_path):
    """`script` gives it a terminal, which an editor needs."""
    launch("create", launch.file)
    editor = tmp_path / "editor"
    editor.write_text(
        "#!/bin/sh\ngrep -q 'A launch for tests' \"$1\" || exit 1\n"
        "sed -i 's/context = 1000/context = 3000/' \"$1\"\n"
    )
    editor.chmod(0o755)
    command = f"{sys.executable} -m darkhorse launch edit mule --why test"
    subprocess.run(
        ["script", "-qec", command, "/dev/null"],
        env={**os.environ, "DARKHORSE_DATA": str(launch.data), "EDITOR": str(editor)},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    assert "3,000 public tokens" in launch("show", "mule").stdout


def against(launch, answer, *words, code=0):
    """`go-live` with its one endpoint played by `answer`."""

    async def run():
        async with serving(answer) as url:
            text = LAUNCH.replace("http://127.0.0.1:1/v1", url)
            launch.file.write_text(text)
            launch("create", launch.file)
            return await asyncio.to_thread(
                lambda: launch("go-live", "mule", *GO, *words, code=code, EAST_KEY="sk-x")
            )

    return asyncio.run(run())


def test_go_live_shows_and_keeps_the_figures(launch):
    done = against(launch, Engine(context=4096, claims=4096))
    assert "east: holds 4,096 native tokens" in done.stdout
    assert "prose" in done.stdout
    assert "stealth/mule-beta is live" in done.stdout
    moves = json.loads(launch("show", "mule", "--json").stdout)["moves"]
    assert moves[-1]["kind"] == "go-live"
    assert "native per public: prose" in moves[-1]["detail"]


def test_a_live_launch_does_not_move_to_an_engine_that_cuts_prompts(launch):
    async def run():
        async with (
            serving(Engine(claims=4096)) as good,
            serving(Engine(context=300, silent=True, claims=4096)) as bad,
        ):
            launch.file.write_text(LAUNCH.replace("http://127.0.0.1:1/v1", good))
            launch("create", launch.file)
            await asyncio.to_thread(launch, "go-live", "mule", *GO, EAST_KEY="k")
            launch.file.write_text(LAUNCH.replace("http://127.0.0.1:1/v1", bad))
            edit = ("edit", "mule", launch.file, *WHY)
            return await asyncio.to_thread(lambda: launch(*edit, code=1, EAST_KEY="k"))

    done = asyncio.run(run())
    assert "it truncates prompts" in " ".join(done.stderr.split())
    assert "stays as it is" in refusal(done)
    assert [m["kind"] for m in json.loads(launch("show", "mule", "--json").stdout)["moves"]] == [
        "create",
        "go-live",
    ]


def test_go_live_only_to_check(launch):
    done = against(launch, Engine(context=4096, claims=4096), "--check-only")
    assert "could go live; it is still draft" in done.stdout
    assert states(launch) == ["draft"]


@pytest.mark.parametrize("as_json", [False, True], ids=["people", "json"])
def test_a_check_says_what_going_live_would_say(launch, as_json):
    async def run():
        async with serving(Engine(context=4096, claims=4096)) as url:
            launch.file.write_text(LAUNCH.replace("http://127.0.0.1:1/v1", url))
            launch("create", launch.file)
            words = ("go-live", "mule", "--check-only", *WHY, *["--json"] * as_json)
            return await asyncio.to_thread(lambda: launch(*words, code=1, EAST_KEY="k"))

    done = asyncio.run(run())
    said = json.loads(done.stdout)["refused"] if as_json else done.stdout.splitlines()[-1]
    assert "stealth/mule-beta was never audited: run `darkhorse audit stealth/mule-beta`" in said
    assert as_json or said.startswith("stealth/mule-beta would be refused: ")
    assert states(launch) == ["draft"]


def test_a_promise_that_the_engine_does_not_hold(launch):
    done = against(launch, Engine(context=512, claims=512), code=1)
    assert "stays draft" in refusal(done)
    assert "512" in done.stdout
    assert states(launch) == ["draft"]


def test_refusals_as_json(launch):
    done = against(launch, Engine(context=512, claims=512), "--json", code=1)
    found = json.loads(done.stdout)
    assert found["level"] == "refuse"
    assert any(each["level"] == "refuse" for each in found["inspection"]["findings"])
    assert "stays draft: Endpoint east" in refusal(done)


def test_an_endpoint_that_is_down(launch):
    launch("create", launch.file)
    done = launch("go-live", "mule", *GO, code=1, EAST_KEY="sk-x")
    assert "nothing listens there; start the engine, or correct its url" in " ".join(
        done.stdout.split()
    )
    assert states(launch) == ["draft"]


def test_a_key_that_is_not_in_the_environment(launch):
    launch("create", launch.file)
    done = launch("go-live", "mule", *GO, code=1)
    assert "Endpoint east: set EAST_KEY to its key." in done.stdout
    assert states(launch) == ["draft"]


def test_the_embedded_model_without_a_server(launch):
    text = LAUNCH.replace('url = "http://127.0.0.1:1/v1"', 'url = "embedded"')
    launch.file.write_text(text.replace('key_env = "EAST_KEY"\n', ""))
    launch("create", launch.file)
    done = launch("go-live", "mule", *GO, code=1)
    assert "only answers while `darkhorse up` runs" in " ".join(done.stdout.split())
