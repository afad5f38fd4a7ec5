"""No count of an engine's is in a public one."""

from darkhorse.cloak.stream import Cloak
from darkhorse.wire.chunks import Chunk, NativeUsage, Usage


def test_none_of_the_four_counts_is_the_engines():
    cloak = Cloak(prompt_tokens=3, limit=100, call_id=lambda: "c")
    cloak.feed([Chunk(reasoning="Hm.", text="Hello", usage=NativeUsage(99, 98, 97, 96))])
    assert cloak.last().usage == Usage(3, 3, 1, 0)
