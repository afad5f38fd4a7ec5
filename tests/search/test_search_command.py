"""`darkhorse ledger search`."""

import json

from click.testing import CliRunner

from darkhorse.cli.ledger import ledger


def call(*arguments):
    return CliRunner().invoke(ledger, ["search", *map(str, arguments)])


def test_one_line_a_generation(library):
    library.say("a horse\nwith a \x1b[31mred\x1b[0m coat")
    library.say("a mule")
    library.catch_up()
    result = call("--data", library.layout.data, "horse", "coat")
    assert result.exit_code == 0
    (line,) = result.stdout.splitlines()
    assert line.startswith("2026-02-02T02:40:01.000Z  gen-1  stealth/pony  a horse with a")
    assert "\x1b" not in line
    assert result.stderr == ""


def test_for_scripts(library):
    for number in range(5):
        library.say(f"horse {number}", listing=f"stealth/{'pony' if number % 2 else 'mule'}")
    library.catch_up()
    library.say("horse 6")
    library.pack()
    result = call(
        "--data", library.layout.data, "--json", "-n", 2, "horse", "--listing", "stealth/mule"
    )
    found = json.loads(result.stdout)
    assert [hit["generation"] for hit in found["hits"]] == ["gen-5", "gen-3"]
    assert found["hits"][0]["snippet"] == "horse 4"
    assert found["complete"] is True
    assert found["index"]["behind_frames"] == 2
    assert found["index"]["upto"] == "2026-02-02T02:40:05.000Z"


def test_a_time_and_the_lag(library):
    library.say("horse one")
    library.say("horse two")
    library.catch_up()
    library.say("horse three")
    library.pack()
    result = call("--data", library.layout.data, "horse", "--until", "2026-02-02T02:40:02Z")
    assert "gen-1" in result.stdout
    assert "gen-2" not in result.stdout
    assert (
        "knows prompts up to 2026-02-02T02:40:02.000Z; 2 packed frames are to come" in result.stderr
    )


def test_mistakes_are_one_sentence(library, tmp_path):
    library.say("horse")
    library.catch_up()
    for arguments, told in (
        (("-n", "2", "--", "-horse"), "at least one word"),
        (('"horse',), "quotation mark"),
        (("horse", "--since", "soon"), "`soon` is no moment"),
        (("horse", "--since", "2026-02-30"), "`2026-02-30` is no moment"),
        (("horse", "--data", tmp_path / "nowhere"), "search.sqlite: not there"),
    ):
        result = call("--data", library.layout.data, *arguments)
        assert result.exit_code == 1
        assert told in result.stderr
        assert "Traceback" not in result.output


def test_nothing_found_is_said(library):
    library.say("horse")
    library.catch_up()
    result = call("--data", library.layout.data, "mule -horse")
    assert (result.exit_code, result.stdout, result.stderr) == (0, "", "Nothing was found.\n")
