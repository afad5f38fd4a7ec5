"""What came in one read leaves as one event of its kind, however many pieces the engine made."""

from darkhorse.cloak.stream import Cloak
from darkhorse.wire.chunks import Chunk


def test_deltas_that_came_together_leave_together():
    cloak = Cloak(prompt_tokens=0, limit=100, call_id=lambda: "c")
    read = [Chunk(reasoning="H"), Chunk(reasoning="m"), Chunk(text="Hel"), Chunk(text="lo")]
    assert [(each.reasoning, each.text) for each in cloak.feed(read)] == [("Hm", ""), ("", "Hello")]
