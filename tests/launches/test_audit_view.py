"""What an audit says on a terminal and in a pipe: how far it has come, and what to do about it."""

import asyncio
import time

import pytest
from msgspec import structs

from darkhorse.catalog.audits import Audit, Finding
from darkhorse.cli.audit_view import print_audit, ticking
from darkhorse.supervise.auditing import Tick

LEAK = Finding(name="headers/unknown", channel="headers", verdict="leaks", deterministic=True)
MUTE = Finding(name="language/zh", channel="language", verdict="untested", could_not=True)
FINE = Finding(name="language/en", channel="language", verdict="closed")
WHOLE = Audit(
    id="aud-1", listing="stealth/mule", subject="s", at_us=0, version="0", findings=(LEAK, MUTE)
)


def told(capsys, audit, *, is_draft=True):
    print_audit(audit, None, is_draft=is_draft)
    return capsys.readouterr().out.splitlines()


def test_what_stops_a_draft_is_named_with_what_to_run(capsys):
    assert told(capsys, WHOLE)[-1] == (
        "This stops it: headers/unknown, language/zh. Close it and audit again, or `darkhorse "
        "launch go-live stealth/mule --accept headers/unknown --accept language/zh --why …`."
    )


@pytest.mark.parametrize("part", [{"only": ("headers",)}, {"url": "http://127.0.0.1:1"}])
def test_a_part_of_an_audit_cannot_be_accepted(capsys, part):
    assert told(capsys, structs.replace(WHOLE, **part))[-1].endswith("and audit again.")


def test_of_another_one_it_says_what_tells_and_what_is_open(capsys):
    assert told(capsys, WHOLE, is_draft=False)[-1] == (
        "One look tells who stealth/mule is: headers/unknown. Too few answers to tell of: "
        "language/zh."
    )
    mute = structs.replace(WHOLE, findings=(MUTE,))
    assert told(capsys, mute, is_draft=False)[-1] == "Too few answers to tell of: language/zh."


def test_a_channel_without_answers_is_not_shown_as_closed(capsys):
    lines = told(capsys, structs.replace(WHOLE, findings=(FINE, MUTE), quick=True))
    (row,) = (line for line in lines if line.startswith(" language"))
    assert row.split("  ")[0].strip() == "language/zh"
    assert "untested (no answers)" in row
    assert "closed: 0, untested: 1." in lines[-2]
    assert lines[-2].endswith(", with --quick.")


def test_in_a_pipe_it_tells_again_and_again_how_far_it_is(capfd):
    async def run():
        async with ticking(every_s=0.01) as on_tick:
            first = await line(capfd)
            on_tick(Tick("rhythm", 12, 3400, 56789))
            while (newest := await line(capfd)) == first:
                pass
            return first, newest

    first, newest = asyncio.run(run())
    assert first == "0 calls, 0 tokens: starting"
    assert newest == "12 of about 3,400 calls, 56,789 tokens: rhythm"


async def line(capfd):
    """The newest one that it has written."""
    deadline = time.monotonic() + 20
    while not (said := capfd.readouterr().err):
        assert time.monotonic() < deadline, "it says nothing"
        await asyncio.sleep(0.005)
    return said.splitlines()[-1]
