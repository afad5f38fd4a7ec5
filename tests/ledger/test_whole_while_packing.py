"""The newest generations, while the packer lets journal files go."""

from journal_kit import HeldClock, end_frame, start_frame, write_file

from darkhorse.storage.ledger.disk import RealDisk
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.packed.packer import Packer
from darkhorse.storage.ledger.packed.reader import Packed
from darkhorse.storage.ledger.whole import Whole


class _Overtaken(Packed):
    """The packer packs everything just after it was asked how far packing is."""

    def __init__(self, layout, pack):
        super().__init__(layout.packed)
        self._pack = pack

    def last(self):
        known = super().last()
        self._pack()
        return known


def test_no_generation_is_missed_whose_file_goes_meanwhile(tmp_path):
    layout = Layout(tmp_path)
    layout.journal.mkdir()
    for number in range(1, 4):
        name = f"gen-{number}"
        held = [
            start_frame(2 * number - 1, name, b"{}"),
            end_frame(2 * number, name, b"{}"),
        ]
        write_file(layout.journal, number, held, file_id=number)
    packer = Packer(layout, disk=RealDisk(), clock=HeldClock(), new_file_id=lambda: 99)
    whole = Whole(layout)
    whole.packed = _Overtaken(layout, packer.step)
    newest = whole.newest(10)
    whole.close()
    packer.close()
    assert [pair.start.sequence for pair in newest.pairs] == [1, 3, 5]
    assert newest.sequence == 6
