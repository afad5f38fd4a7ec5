"""The shared data as rows, and what a library of them knows before anything is calibrated."""

from pathlib import Path

from msgspec import Struct, structs

from darkhorse.attribution.labs import base_of, title_of
from darkhorse.attribution.learn.calibration_drawing import groups_of
from darkhorse.attribution.learn.counts import learn_counts
from darkhorse.attribution.learn.gathering import gather
from darkhorse.attribution.learn.rows import Row
from darkhorse.attribution.learn.style import LearntStyle, learn_style
from darkhorse.attribution.library.library import Lab, Library, Model

DATA = Path(__file__).parents[3] / "shared" / "data" / "attribution"
FILES = ("speechmap.jsonl.gz", "tokenizer-counts.json", "speechmap-counts.json.gz")
TOPICS = tuple(
    f"{name}_criticism" for name in ("us", "eu", "russia", "china", "fi_china", "zh_china")
)


class Known(Struct, frozen=True):
    """Rows, a library with counts, and style with every question held out of its own score."""

    rows: list[Row]
    library: Library
    style: LearntStyle


def known(folder: Path, told) -> Known:
    """All of it; `told`: what, how many of it are done, of how many."""
    gathered = gather([folder / name for name in FILES], told)
    rows = gathered.rows
    counts = learn_counts(rows, probes=gathered.probes, prompts=gathered.prompts)
    names = sorted({row.model for row in rows})
    models = tuple(
        Model(
            name=name,
            lab=name.partition("/")[0],
            family=counts.families.get(name, ""),
            base=base_of(name),
        )
        for name in names
    )
    labs = tuple(
        Lab(name=lab, title=title_of(lab)) for lab in sorted({model.lab for model in models})
    )
    library = Library(labs=labs, models=models, counts=counts)
    learnt = learn_style(rows, groups_of(library), told)
    return Known(rows, structs.replace(library, style=learnt.style), learnt)


def of_topics(rows: list[Row]) -> list[int]:
    """Places of the rows of the six sets that all models were asked."""
    return [n for n, row in enumerate(rows) if row.set in TOPICS]
