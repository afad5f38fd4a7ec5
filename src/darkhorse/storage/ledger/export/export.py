"""An export from its order to its last part. Killed at any moment, it goes on."""

from collections import Counter
from collections.abc import Callable, Iterator

from msgspec import structs

from darkhorse.base.errors import ConfigError
from darkhorse.storage.ledger.export.conversation import NoConversation
from darkhorse.storage.ledger.export.cover import cover
from darkhorse.storage.ledger.export.order import Form, Order
from darkhorse.storage.ledger.export.parts import Manifest, Parts, Told
from darkhorse.storage.ledger.export.recorded import Recorded, last_turns, recorded
from darkhorse.storage.ledger.export.rows import Row, finished, row_of
from darkhorse.storage.ledger.masking.masker import Masker
from darkhorse.storage.ledger.packed.reader import Packed

__all__ = ["Export"]

OnProgress = Callable[[str, int, int], None]
"""What is being done, how far, of how much (sequences)."""

_BATCH = 8 << 20  # bytes of bodies masked in one go: a run of the scanner each


class Export:
    """`masker` None: nothing is masked. `order.upto` is the horizon of a new export."""

    def __init__(
        self, packed: Packed, parts: Parts, masker: Masker | None, on_progress: OnProgress
    ) -> None:
        self._packed = packed
        self._parts = parts
        self._masker = masker
        self._on_progress = on_progress
        self._form: Form = "chat"
        self._last = 0  # the sequence that was looked at last
        self._left_out: Counter[str] = Counter()
        self._masked: Counter[str] = Counter()

    def run(self, order: Order) -> Manifest:
        """All that is left to do. Raises ConfigError, OSError; both leave what is finished."""
        manifest = self._begun(order)
        if manifest.done:
            return manifest
        self._form = manifest.order.form
        source = self._chosen(manifest)
        while lines := self._next_lines(source, manifest.order.part_bytes):
            manifest = self._parts.add(manifest, lines, self._told())
        left = Counter(manifest.left_out) + self._left_out
        return self._parts.write(
            structs.replace(manifest, done=True, left_out=dict(sorted(left.items())))
        )

    def _begun(self, order: Order) -> Manifest:
        found = self._parts.found()
        if found is None:
            return self._parts.write(Manifest(order=order))
        now = structs.replace(
            order,
            upto=found.order.upto,
            listings=found.order.listings,
            refused=found.order.refused,
        )
        if now != found.order:
            raise ConfigError(
                "The directory holds an export of another order (its manifest.json says which); "
                "name a new one, or give the same options to go on."
            )
        if gone := sorted(set(found.order.listings) - set(order.listings)):
            raise ConfigError(
                f"{gone[0]}: may not be exported any more, and the directory holds some of it; "
                "delete the directory and export again."
            )
        self._parts.resume(found)
        return found

    def _chosen(self, manifest: Manifest) -> Iterator[Recorded]:
        """What is still to be written."""
        order = manifest.order
        last = None
        if order.form == "finetune":
            last = last_turns(
                self._packed,
                order,
                lambda sequence: self._on_progress("looking for last turns", sequence, order.upto),
            )
        for each in recorded(self._packed, order):
            if each.sequence <= manifest.last:
                continue
            self._on_progress("exporting", each.sequence, order.upto)
            if last is None or each.sequence in last.last:
                self._last = each.sequence
                yield each
            elif each.sequence in last.again:
                self._left_out["it was asked again later in the same words"] += 1
            else:
                self._left_out["a later turn holds it"] += 1

    def _told(self) -> Told:
        """What is to be said of the part that ends here."""
        told = Told(self._last, self._left_out, self._masked)
        self._left_out, self._masked = Counter(), Counter()
        return told

    def _next_lines(self, source: Iterator[Recorded], part_bytes: int) -> list[bytes]:
        """The lines of one part; none at the end. Where it ends depends on the bodies alone."""
        lines: list[bytes] = []
        waiting: list[Row] = []
        size = unmasked = 0
        for each in source:
            row = self._row(each)
            if row is None:
                continue
            waiting.append(row)
            size += each.asked.size + each.answered.size
            if size - unmasked >= _BATCH:
                lines += self._lines(waiting)
                waiting, unmasked = [], size
            if size >= part_bytes:
                break
        return lines + self._lines(waiting)

    def _row(self, each: Recorded) -> Row | None:
        request, answer = self._packed.body(each.asked), self._packed.body(each.answered)
        try:
            return row_of(self._form, each, request, answer)
        except NoConversation as e:
            self._left_out[str(e)] += 1
            return None

    def _lines(self, rows: list[Row]) -> list[bytes]:
        if self._masker:
            covered = cover([row.content for row in rows], self._masker, self._masked)
            rows = [Row(row.facts, content) for row, content in zip(rows, covered, strict=True)]
        return [finished(self._form, row) for row in rows]
