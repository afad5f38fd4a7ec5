"""What a terminal shows of a case: all that counts, and nothing it would obey."""

import pytest
from report_kit import HOSTILE, case, hostile_case

from darkhorse.cli.unmask_view import print_case, print_table

CONTROL = set(map(chr, [*range(10), *range(11, 32), 127])) | set("\u202e")


def test_the_verdict_and_what_it_rests_on(capsys, tmp_path):
    print_case(case(), tmp_path / "index.html")
    shown = capsys.readouterr().out
    lines = shown.splitlines()
    assert lines[0] == "Alibaba made it, and it is none of its models that the library knows."
    for told in (
        "made by      Alibaba (Qwen 2 to 3 vocabulary, 16 of 16 prompts).",
        "writes like  Anthropic's models, at 71 % by style alone.",
        "93.1 %",
        "over a million times likelier",
        "! Counts are the model's own.",
        "66 calls, 12,345 tokens",
        f"Report: {tmp_path}",
        "Would change it: Counts that fit another vocabulary",
        "Next: Ask again another day",
    ):
        assert told in shown.replace("\n", " "), told
    assert shown.index("Prompt tokens") < shown.index("Style")


@pytest.mark.parametrize("text", HOSTILE)
def test_a_terminal_is_not_steered(text, capsys):
    print_case(hostile_case(text))
    print_table([hostile_case(text)])
    assert not CONTROL & set(capsys.readouterr().out)


def test_what_looks_like_markup_of_rich_stays_text(capsys):
    print_table([hostile_case("[bold]b[/bold] [/]")])
    shown = capsys.readouterr().out
    assert "[bold]b[/bold] [/]" in shown
    print_case(hostile_case("[/]"))
    assert "[/]" in capsys.readouterr().out


def test_a_line_a_group(capsys):
    print_table([case(subject="route one"), case(subject="route two")])
    shown = capsys.readouterr().out
    assert shown.count("qwen 93.1 %") == 2
    assert "route two" in shown
