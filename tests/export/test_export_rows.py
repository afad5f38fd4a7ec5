"""The facts in an export's rows: public values, whatever the record knows of the endpoint."""

from darkhorse.storage.ledger.export.recorded import Recorded
from darkhorse.storage.ledger.export.rows import COLUMNS, row_of
from darkhorse.storage.records import Attempt, EndRecord, StartRecord
from darkhorse.wire.chunks import NativeUsage, Usage, Withheld

START = StartRecord(
    id="gen-1", at_us=1, listing="x/y", dialect="chat", streamed=True, key="k", prompt_tokens=5
)
END = EndRecord(
    id="gen-1",
    at_us=2,
    outcome="done",
    finish="stop",
    usage=Usage(5, 4, 1),
    native=NativeUsage(99, 98, 97, 96),
    attempts=(
        Attempt(
            endpoint="frobnic-east",
            duration_ms=1.5,
            outcome="ok",
            upstream_id="chatcmpl-frobnic",
            upstream_model="frobnic-7",
            native_finish="frobnic_stop",
            detail="frobnic",
        ),
    ),
    withheld=(Withheld("text", 0, "Frobnic", "[a name]"),),
)


def test_a_rows_facts_are_public():
    row = row_of(
        "parquet", Recorded(START, END, None, None), b'{"messages":[]}', b'{"content":"a"}'
    )
    assert "frobnic" not in str(row).lower()
    assert set(row.facts) | set(row.content) == set(COLUMNS)
    counts = ("prompt_tokens", "completion_tokens", "reasoning_tokens")
    assert [row.facts[name] for name in counts] == [5, 4, 1]
    assert (row.facts["listing"], row.facts["finish"]) == ("x/y", "stop")
