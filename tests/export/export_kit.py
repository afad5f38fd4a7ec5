"""A data directory with launches and packed generations, and exports of it."""

import json
import shutil
from contextlib import closing
from pathlib import Path
from typing import Any

import msgspec

from darkhorse.catalog import moves
from darkhorse.launches import file
from darkhorse.storage.ledger.export.order import Order, Wanted
from darkhorse.storage.ledger.frame import END, START, Frame
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ports import KeyRecord
from darkhorse.storage.records import Answer, EndRecord, StartRecord
from darkhorse.wire.chunks import ToolDelta, Usage
from darkhorse.wiring.export import MASKING, export
from darkhorse.wiring.keys import open_key_store
from darkhorse.wiring.launches import open_launch_store
from packed.packed_kit import journal_file, pack_all

T0 = 1_780_000_000_000_000
HOUR = 3_600_000_000
PONY = "stealth/pony-alpha"
SHY = "stealth/shy-beta"
MUTE = "stealth/mute-gamma"
_LAUNCH = """\
[public]
slug = "{slug}"
aliases = ["{slug}-old"]
title = "A model"
context = 1000
max_output = 500
{training}
disclosure = "Logged."
[private]
maker = "Example Lab"
model = "Example-5"
[[private.endpoint]]
name = "east"
url = "http://127.0.0.1:1/v1"
"""


class Ledger:
    """`tell` generations, `pack` them, `export` them."""

    def __init__(self, data: Path, rules: Path | None = None) -> None:
        self.data = data
        self.layout = Layout(data)
        self.frames: list[Frame] = []
        self.files = self.sequence = 0
        self._launch(PONY, "training = true")
        self._launch(SHY, "training = false")
        self._launch(MUTE, "")
        if rules:
            shutil.copytree(rules, data / MASKING)

    def named(self, key: str, label: str) -> None:
        """A key of that hash."""
        record = KeyRecord(hash=key, kind="developer", label=label, created_us=T0)
        with closing(open_key_store(self.data)) as store:
            store.add(record)

    def _launch(self, slug: str, training: str) -> None:
        text = _LAUNCH.format(slug=slug, training=training)
        store = open_launch_store(self.data)
        by = moves.By(who="a test", at_us=T0)
        step = moves.create(
            f"lch-{slug[-4:]}", file.parse(text, "a test").definition, by, source=""
        )
        store.add(step.launch, step.move)

    def tell(
        self,
        body: dict[str, Any],
        answer: Answer | None = None,
        *,
        dialect: str = "chat",
        listing: str = PONY,
        **fields: Any,
    ) -> str:
        """One generation. `fields` of the two records by their names."""
        name = f"gen-{len(self.frames):04}"
        end_fields = {key: fields.pop(key) for key in ("outcome", "finish") if key in fields}
        start = StartRecord(
            **{
                "id": name,
                "at_us": T0 + len(self.frames) * HOUR,
                "listing": listing,
                "dialect": dialect,
                "streamed": True,
                "key": "0a1b",
                "prompt_tokens": 7,
                **fields,
            }
        )
        ended = {"outcome": "done", "finish": "stop", "usage": Usage(7, 3), **end_fields}
        end = EndRecord(id=name, at_us=start.at_us + 1_000_000, **ended)
        said = msgspec.json.encode(answer or Answer("Well."))
        self._frame(START, msgspec.json.encode(start), json.dumps(body).encode())
        self._frame(END, msgspec.json.encode(end), said)
        return name

    def _frame(self, kind: int, meta: bytes, body: bytes) -> None:
        self.sequence += 1
        self.frames.append(Frame(kind, self.sequence, meta, body))

    def pack(self) -> None:
        self.write()
        pack_all(self.layout)

    def write(self) -> None:
        """What was told since the last time, into a journal file."""
        self.files += 1
        first = self.sequence - len(self.frames) + 1 if self.files == 1 else self._written + 1
        held = [frame for frame in self.frames if frame.sequence >= first]
        journal_file(self.layout, self.files, held)
        self._written = self.sequence

    def export(self, folder: Path, form: str, **options: Any) -> list[dict[str, Any]]:
        """Its lines; `masked` is off unless asked for."""
        wanted = options.pop("wanted", Wanted())
        on_progress = options.pop("on_progress", lambda *_: None)
        order = Order(
            form=form, wanted=wanted, **{"part_bytes": 10_000, "masked": False, **options}
        )
        self.done = export(self.data, folder, order, on_progress)
        return lines_of(folder)


def lines_of(folder: Path) -> list[dict[str, Any]]:
    texts = (path.read_text() for path in sorted(folder.glob("part-*.jsonl")))
    return [json.loads(line) for text in texts for line in text.splitlines()]


def asked(*texts: str) -> dict[str, Any]:
    """A chat of these turns, the user's and the assistant's."""
    roles = ("user", "assistant")
    messages = [{"role": roles[at % 2], "content": text} for at, text in enumerate(texts)]
    return {"model": PONY, "messages": messages}


def calling(arguments: str) -> Answer:
    return Answer(tools=(ToolDelta(0, "call_1", "look", arguments),))


def files_of(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted(folder.iterdir())}
