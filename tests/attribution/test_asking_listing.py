"""Our own ledger as evidence: what upstream charged and said, as the operator may read it."""

import json

import msgspec
import pytest
from click.testing import CliRunner

from darkhorse.attribution.library.library import Library, pack
from darkhorse.attribution.observation import Turn
from darkhorse.base.errors import ConfigError
from darkhorse.cli import main
from darkhorse.storage.ledger.frame import END, START, Frame
from darkhorse.storage.records import Answer, Attempt, EndRecord, StartRecord
from darkhorse.wire.chunks import NativeUsage
from darkhorse.wiring.keeper.chores import Means, rounds
from darkhorse.wiring.time import steady_clock
from darkhorse.wiring.unmask_listing import observations_of
from ledger.journal_kit import write_file

SLUG = "stealth/mule"


def generation(n, *, listing=SLUG, outcome="done", dialect="chat"):
    """Its two frames."""
    gen_id = f"gen-{n}"
    start = StartRecord(
        id=gen_id,
        at_us=1_700_000_000_000_000 + n,
        listing=listing,
        dialect=dialect,
        streamed=False,
        key="0" * 64,
        prompt_tokens=3,
    )
    attempt = Attempt(
        endpoint="west",
        duration_ms=5.0,
        outcome="ok",
        upstream_id=f"chatcmpl-{n}",
        native_finish="end_turn",
    )
    end = EndRecord(
        id=gen_id,
        at_us=1_700_000_000_100_000 + n,
        outcome=outcome,
        finish="stop",
        native=NativeUsage(prompt=20 + n, completion=4),
        attempts=(attempt,),
    )
    body = json.dumps({"model": SLUG, "messages": [{"role": "user", "content": f"Ask {n}?"}]})
    answer = Answer(content=f"Answer {n}.", reasoning="Hm.")
    return (
        Frame(START, 2 * n - 1, msgspec.json.encode(start), body.encode()),
        Frame(END, 2 * n, msgspec.json.encode(end), msgspec.json.encode(answer)),
    )


@pytest.fixture
def data(tmp_path):
    """Four generations, one of them of another listing and one that failed, folded into facts."""
    (tmp_path / "journal").mkdir()
    made = (
        *generation(1),
        *generation(2, listing="stealth/other"),
        *generation(3, outcome="failed"),
        *generation(4),
    )
    write_file(tmp_path / "journal", 1, made)
    work = rounds(tmp_path, steady_clock(tmp_path), Means(), search=False)
    work.finish([work.duties[0].name], 60)
    work.close()
    return tmp_path


def test_answers_come_with_native_counts(data):
    newest, oldest = observations_of(data, SLUG, 10)
    assert newest.prompt == (Turn("user", "Ask 4?"),)
    assert (newest.text, newest.reasoning) == ("Answer 4.", "Hm.")
    assert (newest.prompt_tokens, newest.completion_tokens) == (24, 4)
    assert (newest.id, newest.provider, newest.native_finish) == ("chatcmpl-4", "west", "end_turn")
    assert oldest.prompt_tokens == 21
    assert newest.is_plain


def test_only_the_last_ones_are_read(data):
    assert [each.text for each in observations_of(data, SLUG, 1)] == ["Answer 4."]


def test_a_listing_nobody_asked(data):
    with pytest.raises(ConfigError, match="no answered generation of stealth/none"):
        observations_of(data, "stealth/none", 10)


def test_as_it_is_typed(data):
    library = data / "lib"
    library.write_bytes(pack(Library()))
    argv = ["--listing", SLUG, "--data", str(data), "--library", str(library), "--json"]
    case = json.loads(CliRunner().invoke(main, ["unmask", *argv]).stdout)
    assert (case["observations"], case["subject"]) == (2, f"listing {SLUG}")
