"""A saved slot of llama.cpp's, made longer: the same bytes when it is not, and cells when it is."""

import struct

import numpy as np
import pytest
from decoding.slot_file import Slot, SlotError

LAYERS, ROW = 2, 6


def saved(tokens, *, is_transposed):
    """As llama.cpp writes it: keys of cell n in layer m are bytes 10 m + n, values 100 more."""
    count = len(tokens)
    words = [-1, 1, count, *tokens, 0]
    cells = [word for at in range(count) for word in (at, 1, 0)]
    out = b"qsgg" + struct.pack("<2I", 4, len(words)) + struct.pack(f"<{len(words)}i", *words)
    out += struct.pack("<2I", 1, count) + struct.pack(f"<{len(cells)}I", *cells)
    out += struct.pack("<4I", is_transposed, LAYERS, 0, 0)
    for layer in range(2 * LAYERS):
        rows = np.empty((count, ROW), np.uint8)
        rows[:] = np.arange(count)[:, None] + 10 * layer
        if is_transposed and layer >= LAYERS:
            out += struct.pack("<3I", 1, 2, ROW // 2)
            out += rows.reshape(count, -1, 2).transpose(1, 0, 2).tobytes()
        else:
            out += struct.pack("<IQ", 1, ROW) + rows.tobytes()
    return out


@pytest.mark.parametrize("is_transposed", [False, True])
def test_written_as_long_as_it_was_it_is_the_same(tmp_path, is_transposed):
    tokens = [11, 12, 13]
    whole = saved(tokens, is_transposed=is_transposed)
    (tmp_path / "a").write_bytes(whole)
    Slot(tmp_path / "a").write(tmp_path / "b", tokens)
    assert (tmp_path / "b").read_bytes() == whole


@pytest.mark.parametrize("is_transposed", [False, True])
def test_a_longer_one_repeats_the_cells_and_has_their_number_of_tokens(tmp_path, is_transposed):
    (tmp_path / "a").write_bytes(saved([11, 12, 13], is_transposed=is_transposed))
    Slot(tmp_path / "a").write(tmp_path / "b", range(20, 27))
    longer = (tmp_path / "b").read_bytes()
    expected = bytearray(saved(range(20, 27), is_transposed=is_transposed))
    assert len(longer) == len(expected)
    head = 12 + 4 * 11 + 8 + 12 * 7 + 16 + 12
    assert longer[:head] == expected[:head]
    assert longer[head : head + 7 * ROW] == b"".join(bytes([at % 3] * ROW) for at in range(7))
    assert len(Slot(tmp_path / "b")._tensors) == 2 * LAYERS


@pytest.mark.parametrize(
    "spoil",
    [
        lambda raw: b"ggsq" + raw[4:],
        lambda raw: raw[:-1],
        lambda raw: raw + b"\0",
        lambda raw: raw[:40],
        lambda raw: raw[:8] + struct.pack("<I", 8) + raw[12:],
    ],
    ids=["magic", "short", "long", "cut", "count"],
)
def test_what_is_not_quite_a_slot_is_refused(tmp_path, spoil):
    (tmp_path / "a").write_bytes(spoil(saved([11, 12, 13], is_transposed=False)))
    with pytest.raises(SlotError):
        Slot(tmp_path / "a")
