"""`darkhorse key` as an operator has it."""

import json
import logging
import os
import re
import subprocess
import sys

import pytest
from click.testing import CliRunner
from msgspec import structs

from darkhorse.accounts.keys import KeyRing, hash_key
from darkhorse.base.clock import SystemClock
from darkhorse.base.errors import Unauthorized
from darkhorse.catalog.limits import Limits
from darkhorse.cli.key import key as command
from darkhorse.wiring.keys import ensure_first_keys, open_key_store

KEY = re.compile(r"sk-dh-(m-)?[0-9A-Za-z]{48}")


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def run(data):
    def run(*words, status=0):
        result = CliRunner().invoke(command, [words[0], "--data", str(data), *words[1:]])
        assert result.exit_code == status, result.output
        return result

    return run


@pytest.fixture
def refused(run):
    def refused(*words):
        said = " ".join(run(*words, status=1).stderr.split())
        assert said.startswith("Error: ")
        assert "Traceback" not in said
        return said

    return refused


@pytest.fixture
def make(run):
    """Makes a key; what `--json` says of it."""
    return lambda *words: json.loads(run("create", "--json", *words).stdout)


def listed(run):
    return json.loads(run("list", "--json").stdout)


def authenticate(data, key):
    store = open_key_store(data)
    ring = KeyRing(store, SystemClock())
    ring.load()
    store.close()
    return ring.authenticate(f"Bearer {key}")


def test_create_prints_the_key_once_and_says_so(run, data):
    result = run("create", "--label", "Ann")
    key = result.stdout.strip()
    assert KEY.fullmatch(key)
    assert "only time the key is shown" in result.stderr
    record = authenticate(data, key)
    assert (record.kind, record.label, record.expires_us) == ("developer", "Ann", None)
    assert data.stat().st_mode & 0o777 == 0o700
    for words in (["list"], ["list", "--json"], ["disable", "Ann"], ["enable", "Ann", "--json"]):
        result = run(*words)
        assert not KEY.search(result.output)
        assert record.hash[:12] in result.stdout


def test_kind_expiry_and_limits_are_as_asked(make, run, data):
    made = make(
        *("--kind", "management", "--expires", "2126-12-01T12:00:00+02:00"),
        *("--requests-per-minute", "20", "--requests-per-day", "1000"),
        *("--tokens-per-minute", "200000", "--concurrent", "4", "--spend-usd", "12.50"),
    )
    assert made["key"].startswith("sk-dh-m-")
    record = authenticate(data, made["key"])
    assert record.kind == "management"
    shown = {name: each for name, each in made.items() if name != "key"}
    assert shown == listed(run)[0]
    assert shown["expires"] == "2126-12-01T10:00:00Z"
    assert structs.asdict(record.limits) == {
        "requests_per_minute": 20,
        "requests_per_day": 1000,
        "tokens_per_minute": 200_000,
        "concurrent": 4,
        "spend_usd": record.limits.spend_usd,
    }
    assert str(record.limits.spend_usd) == "12.50"
    table = run("list").stdout
    for cell in ("management", "2126-12-01 10:00Z", "works", "20 requests/min", "$12.50"):
        assert cell in table


def test_every_limit_has_its_option(run):
    said = run("limit", "--help").stdout
    for name in Limits.__struct_fields__:
        assert "--" + name.replace("_", "-") in said


def test_disable_and_enable(make, run, data):
    made = make("--label", "Ann")
    assert "disabled" in run("disable", made["hash"][:6]).stdout
    with pytest.raises(Unauthorized, match="disabled"):
        authenticate(data, made["key"])
    assert listed(run)[0]["state"] == "disabled"
    run("enable", "Ann")
    authenticate(data, made["key"])


def test_expire(make, run, data):
    made = make("--label", "Ann", "--expires", "1h")
    before = SystemClock().now_us()
    run("expire", "Ann", "30d")
    month_us = 30 * 86_400 * 1_000_000
    left_us = authenticate(data, made["key"]).expires_us - before
    assert month_us <= left_us < month_us + 60_000_000
    assert "expired" in run("expire", "Ann", "now").stdout
    with pytest.raises(Unauthorized, match="This key expired on"):
        authenticate(data, made["key"])
    run("expire", "Ann", "never")
    assert authenticate(data, made["key"]).expires_us is None


def test_limits_change_one_by_one(make, run):
    make("--label", "Ann", "--concurrent", "4", "--spend-usd", "1")
    run("limit", "Ann", "--requests-per-minute", "20")
    assert listed(run)[0]["limits"] == {
        "requests_per_minute": 20,
        "concurrent": 4,
        "spend_usd": "1",
    }
    run("limit", "Ann", "--concurrent", "none", "--spend-usd", "none")
    assert listed(run)[0]["limits"] == {"requests_per_minute": 20}
    run("limit", "Ann", "--clear", "--tokens-per-minute", "5")
    assert listed(run)[0]["limits"] == {"tokens_per_minute": 5}
    run("limit", "Ann", "--clear")
    assert listed(run)[0]["limits"] == {}
    assert "Name at least one limit" in run("limit", "Ann", status=2).stderr


def test_the_last_management_key_is_kept_unless_forced(make, run, refused, data):
    developer = make("--label", "developer")
    make("--label", "manager", "--kind", "management")
    for words in (
        ["disable", "manager"],
        ["expire", "manager", "now"],
        ["expire", "manager", "9d"],
    ):
        assert "No other management key would work" in refused(*words)
    assert [each["state"] for each in listed(run)] == ["works", "works"]
    assert listed(run)[1]["expires"] is None
    run("disable", "developer")

    make("--label", "short", "--kind", "management", "--expires", "5d")
    run("expire", "manager", "4d")
    assert "No other" in refused("expire", "short", "4d")  # none would be left in four days
    run("expire", "manager", "9d")  # longer than before: never refused
    run("disable", "short")
    run("disable", "short")  # again: nothing is lost by it
    refused("disable", "manager")
    run("disable", "manager", "--force")
    run("enable", "manager")
    run("expire", "manager", "now", "--force")
    assert {each["label"]: each["state"] for each in listed(run)} == {
        "developer": "disabled",
        "manager": "expired",
        "short": "disabled",
    }
    with pytest.raises(Unauthorized):
        authenticate(data, developer["key"])


def test_a_deleted_key_is_gone_for_good(make, run, refused, data):
    kept, gone = make("--label", "kept"), make("--label", "gone")
    authenticate(data, gone["key"])
    assert "is deleted" in run("delete", "gone").stdout
    assert [each["hash"] for each in listed(run)] == [kept["hash"]]
    with pytest.raises(Unauthorized):
        authenticate(data, gone["key"])
    for words in (["delete", "gone"], ["enable", "gone"], ["limit", "gone", "--concurrent", "1"]):
        assert "No key is called" in refused(*words)
    make("--label", "manager", "--kind", "management")
    assert "No other management key would work" in refused("delete", "manager")
    run("delete", "manager", "--force")


def test_a_first_key_that_was_deleted_does_not_come_back_with_the_next_start(run, data):
    first = ensure_first_keys(data, SystemClock())
    run("delete", hash_key(first.developer)[:12])
    assert ensure_first_keys(data, SystemClock()).developer.reveal() == first.developer.reveal()
    assert [each["kind"] for each in listed(run)] == ["management"]


def test_a_key_is_named_without_doubt_or_not_at_all(make, run, refused):
    first, second = make("--label", "twin"), make("--label", "twin")
    make("--label", "")
    said = refused("disable", "twin")
    assert "give more of the hash" in said
    assert first["hash"][:12] in said
    assert second["hash"][:12] in said
    for name in ("nobody", first["hash"][:5], first["hash"] + "0", "", "%", "-"):
        assert "No key is called" in refused("disable", "--", name)
    run("disable", first["hash"])
    assert [each["state"] for each in listed(run)] == ["disabled", "works", "works"]


def test_a_key_on_the_command_line_is_not_said_again(make, refused):
    made = make("--label", "Ann")
    for words in (["disable", made["key"]], ["create", "--label", made["key"]]):
        assert made["key"] not in refused(*words)


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (["create", "--expires", "soon"], "`soon` is no moment; write it like 30d"),
        (["create", "--expires", "2026-12-01"], "has no time zone; write it like 30d"),
        (["create", "--expires", "999999999w"], "more than a century"),
        (["create", "--concurrent", "0"], "`0` is neither a number from 1"),
        (["create", "--concurrent", "1e3"], "`1e3` is neither a number from 1"),
        (["create", "--requests-per-day", "1000000000001"], "is neither a number from 1"),
        (["create", "--spend-usd", "-1"], "is neither an amount like 12.50"),
        (["create", "--spend-usd", "NaN"], "is neither an amount like 12.50"),
        (["create", "--kind", "owner"], "developer"),
    ],
)
def test_what_cannot_be_meant_is_a_sentence(run, words, sentence, data):
    assert sentence in " ".join(run(*words, status=2).stderr.split())
    assert not data.exists()


def test_what_the_store_cannot_hold_is_a_sentence(refused, make, run):
    make()
    assert "expired already" in refused("create", "--expires", "2020-01-01T00:00:00Z")
    assert "expired already" in refused("create", "--expires", "now")
    assert "from 0 to 1,000,000,000 dollars" in refused("create", "--spend-usd", "1000000001")
    assert "at most 200 characters" in refused("create", "--label", "x" * 201)
    assert "on one line" in refused("create", "--label", "a\x1b[2Jb")
    assert len(listed(run)) == 1


@pytest.mark.parametrize("words", [["list"], ["disable", "x"], ["limit", "x", "--clear"]])
def test_a_directory_without_a_server_is_not_made_into_one(refused, data, words):
    assert "holds no Darkhorse state" in refused(*words)
    assert not data.exists()


def test_the_first_keys_are_there_to_be_limited(run, data):
    first = ensure_first_keys(data, SystemClock())
    hashes = {each["kind"]: each["hash"] for each in listed(run)}
    run("limit", hashes["developer"][:8], "--concurrent", "1")
    assert authenticate(data, first.developer.reveal()).limits == Limits(concurrent=1)


def test_a_running_ring_follows_the_commands(make, run, data):
    made = make("--label", "Ann")
    store = open_key_store(data)
    ring = KeyRing(store, SystemClock())
    ring.load()
    run("limit", "Ann", "--concurrent", "2")
    ring.load()
    assert ring.authenticate(f"Bearer {made['key']}").limits == Limits(concurrent=2)
    run("disable", "Ann")
    ring.load()
    with pytest.raises(Unauthorized):
        ring.authenticate(f"Bearer {made['key']}")
    store.close()


def test_a_key_is_in_no_log_no_argument_and_no_file(data, caplog):
    program = (
        "import sys; from darkhorse.cli.key import key; print(sys.argv, file=sys.stderr); key()"
    )
    environment = {**os.environ, "DARKHORSE_DATA": str(data), "PYTHONWARNINGS": "error"}

    def child(*words):
        return subprocess.run(
            [sys.executable, "-c", program, *words],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
            timeout=60,
        )

    made = child("create", "--label", "Ann")
    key = made.stdout.strip()
    said = [made.stderr]
    with caplog.at_level(logging.DEBUG):
        authenticate(data, key)
        for words in (["list"], ["limit", "Ann", "--concurrent", "3"], ["disable", "Ann"]):
            done = child(*words)
            said += [done.stdout, done.stderr]
    tail = key.removeprefix("sk-dh-")
    assert tail not in "".join(said)
    assert tail not in caplog.text
    files = [path for path in data.rglob("*") if path.is_file()]
    assert files
    assert all(tail.encode() not in path.read_bytes() for path in files)
