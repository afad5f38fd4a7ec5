"""Measures masking on the labelled set and writes the tables of docs/masking.md.

python tests/export/masking_table.py --write
"""

import sys
import tempfile
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from lookalikes import innocent
from planted import Planted, planted
from second_set import second_set
from third_set import shows, third_set

from darkhorse.storage.ledger.export.cover import cover
from darkhorse.storage.ledger.masking.kingfisher import Kingfisher
from darkhorse.storage.ledger.masking.masker import Masker, Piece

DOCS = Path(__file__).parents[2] / "docs" / "masking.md"
_MARKS = ("<!-- measured -->", "<!-- end -->")


class Found(NamedTuple):
    family: str
    kind: str
    found: int
    total: int


class Changed(NamedTuple):
    kind: str
    changed: int
    total: int


class Results(NamedTuple):
    planted: list[Found]
    second: list[Found]
    third: list[Found]
    around: list[Found]  # the third set by its surroundings
    innocent: list[Changed]


def results(masker: Masker) -> Results:
    others, third = innocent(), third_set()
    texts = [each.text for each in (*planted(), *second_set(), *others)]
    values = [*(case.value for case in third), *texts]
    covered = cover(values, masker, Counter())[: len(third)]  # it remembers: one run for all
    hits = [not shows(case, each) for case, each in zip(third, covered, strict=True)]
    left = masker.mask([Piece(each.text) for each in others])
    changed = Counter(
        case.kind for case, each in zip(others, left, strict=True) if case.text != each.text
    )
    kinds = Counter(each.kind for each in others)
    return Results(
        _found(planted(), masker),
        _found(second_set(), masker),
        _counted([(case.family, case.kind) for case in third], hits),
        _counted([(case.family, case.around) for case in third], hits),
        [Changed(kind, changed[kind], count) for kind, count in kinds.items()],
    )


def _found(cases: list[Planted], masker: Masker) -> list[Found]:
    masked = masker.mask([Piece(each.text) for each in cases])
    hits = [not _shows(case, each.text) for case, each in zip(cases, masked, strict=True)]
    return _counted([(case.family, case.kind) for case in cases], hits)


def _counted(names: Sequence[tuple[str, str]], hits: Sequence[bool]) -> list[Found]:
    total = Counter(names)
    found = Counter(name for name, hit in zip(names, hits, strict=True) if hit)
    return [Found(*name, found[name], count) for name, count in total.items()]


def _shows(case: Planted, text: str) -> bool:
    """Half of it is too much; of a key in lines, any half line."""
    lines = [line for line in case.secret.splitlines() if not line.startswith("-----")]
    return any(line[: len(line) // 2] in text or line[len(line) // 2 :] in text for line in lines)


def page(found: Results, text: str) -> str:
    """The document with its tables as they are now."""
    before, _, rest = text.partition(_MARKS[0])
    after = rest.partition(_MARKS[1])[2]
    return f"{before}{_MARKS[0]}\n{_tables(found)}{_MARKS[1]}{after}"


def _tables(found: Results) -> str:
    lines = ["| set | planted | kinds | secrets | found | recall |", "|---|---|---|---|---|---|"]
    for name, rows in (
        ("first", found.planted),
        ("second", found.second),
        ("third", found.third),
    ):
        lines += _families(name, rows)
    lines += ["", "| kind | found | of |", "|---|---|---|"]
    every = (*found.planted, *found.second)
    lines += [f"| {each.family}: {each.kind} | {each.found} | {each.total} |" for each in every]
    lines += ["", "| third set, by surroundings | found | of |", "|---|---|---|"]
    lines += [
        f"| {each.family}: {each.kind} | {each.found} | {each.total} |" for each in found.around
    ]
    missed = [each for each in found.third if each.found < each.total]
    lines += [f"| missed of {each.kind} | {each.found} | {each.total} |" for each in missed]
    lines += ["", "| what is no secret | changed | of |", "|---|---|---|"]
    lines += [f"| {each.kind} | {each.changed} | {each.total} |" for each in found.innocent]
    return "\n".join(lines) + "\n"


def _families(name: str, found: list[Found]) -> list[str]:
    lines = []
    for family in dict.fromkeys(each.family for each in found):
        rows = [each for each in found if each.family == family]
        hits, total = sum(each.found for each in rows), sum(each.total for each in rows)
        share = f"{100 * hits / total:.1f} %"
        lines.append(f"| {name} | {family} | {len(rows)} | {total} | {hits} | {share} |")
    return lines


def main(arguments: Iterable[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder)
        found = results(Masker(Kingfisher(cache=path / "rules", work=path / "work")))
    if "--write" in arguments:
        DOCS.write_text(page(found, DOCS.read_text()))
    else:
        print(_tables(found), end="")


if __name__ == "__main__":
    main(sys.argv[1:])
