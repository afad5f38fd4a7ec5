"""Learns the classifier of prompts: multinomial logistic regression over sets of strings.

A word of the lists in `words/` has its own row, and shares one with all others of its category:
so a word that no labelled prompt has is known too. While learning, part of these words is hidden
at random, or their rows would be trusted more than they earn on prompts of strangers.
"""

import argparse
import re
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
import scipy.sparse
from scipy.optimize import minimize

from darkhorse.analytics.topics import model, quality
from darkhorse.analytics.topics.categories import CATEGORIES
from darkhorse.analytics.topics.features import features, phrase
from darkhorse.analytics.topics.prompts import LANGUAGES, Prompt, prompts

ROOT = Path(__file__).resolve().parents[1]
HOME = ROOT / "src" / "darkhorse" / "analytics" / "topics"
PAGE = ROOT / "docs" / "topics.md"
FOLDS = 5
SEEN_OFTEN = 2  # prompts that must have a string for it to get a row
SHARED = 1.0  # what a word's category counts beside the word itself
HIDDEN = 0.6  # of the listed words, while learning
COPIES = 2  # of each prompt, with other words hidden
SHRINK = 1.0  # L2
SCALE = 8.0  # keeps rows near 1 where a prompt has some hundred strings
TEMPERATURE = 1.0  # the odds are as good as they say: 0.81 on average, right in 0.87
THRESHOLD = 0.25  # below it, less than a third is right

Found = set[str]
Array = np.ndarray


def listed() -> dict[str, list[int]]:
    """String → categories in whose list it stands."""
    groups: dict[str, set[int]] = {}
    for language in LANGUAGES:
        for line in (HOME / "words" / f"{language}.txt").read_text("utf-8").splitlines():
            category, _, entries = line.partition(": ")
            for name in filter(str.strip, map(phrase, entries.split())):
                groups.setdefault(name, set()).add(CATEGORIES.index(category))
    return {name: sorted(groups[name]) for name in sorted(groups)}


@dataclass
class Space:
    """Columns: strings seen often enough, then a shared one a category."""

    columns: dict[str, int]
    groups: dict[str, list[int]]

    @classmethod
    def of(cls, found: Sequence[Found], groups: dict[str, list[int]]) -> "Space":
        counts = Counter(name for names in found for name in names)
        often = sorted(name for name, count in counts.items() if count >= SEEN_OFTEN)
        return cls({name: at for at, name in enumerate(often)}, groups)

    def matrix(self, found: Sequence[Found]) -> scipy.sparse.csr_matrix:
        """(n_prompts, n_columns)"""
        rows, columns, values = [], [], []
        for row, names in enumerate(found):
            cells = Counter({self.columns[name]: 1.0 for name in names if name in self.columns})
            for name in names:
                for category in self.groups.get(name, ()):
                    cells[len(self.columns) + category] += SHARED
            rows += [row] * len(cells)
            columns += cells.keys()
            norm = SCALE / max(len(names), 1) ** 0.5
            values += [norm * value for value in cells.values()]
        shape = (len(found), len(self.columns) + len(CATEGORIES))
        return scipy.sparse.csr_matrix((values, (rows, columns)), shape=shape)


def hide(
    found: Sequence[Found], groups: dict[str, list[int]], draw: np.random.Generator
) -> list[Found]:
    return [
        {name for name in sorted(names) if name not in groups or draw.random() > HIDDEN}
        for names in found
    ]


def fit(matrix: scipy.sparse.csr_matrix, wanted: Array, shrink: float) -> tuple[Array, Array]:
    """Weights (n_columns, n_categories) and biases (n_categories,), by L-BFGS."""
    n, width = matrix.shape
    k = len(CATEGORIES)
    truth = np.eye(k)[wanted]
    turned = matrix.T.tocsr()

    def loss(flat: Array) -> tuple[float, Array]:
        weights, bias = flat[: width * k].reshape(width, k), flat[width * k :]
        logits = matrix @ weights + bias
        logits -= logits.max(1, keepdims=True)
        odds = np.exp(logits)
        odds /= odds.sum(1, keepdims=True)
        missed = -np.log(odds[np.arange(n), wanted] + 1e-300).sum()
        slope = odds - truth
        down = np.concatenate([(turned @ slope + shrink * weights).ravel(), slope.sum(0)])
        return missed + 0.5 * shrink * (weights**2).sum(), down

    found = minimize(loss, np.zeros((width + 1) * k), jac=True, method="L-BFGS-B",
                     options={"maxiter": 120, "ftol": 1e-7})  # fmt: skip
    return found.x[: width * k].reshape(width, k), found.x[width * k :]


def learn(asked: Sequence[Prompt], groups: dict[str, list[int]]) -> model.Learnt:
    found = [features(prompt.text) for prompt in asked]
    wanted = [CATEGORIES.index(prompt.category) for prompt in asked]
    draw = np.random.default_rng(1)
    space = Space.of(found, groups)
    shown = [names for _ in range(COPIES) for names in hide(found, groups, draw)]
    weights, bias = fit(space.matrix(shown), np.array(wanted * COPIES), SHRINK * COPIES)
    return fold_in(space, weights, bias)


def fold_in(space: Space, weights: Array, bias: Array) -> model.Learnt:
    """The shared rows go into the rows of their words; all become bytes."""
    shared = weights[len(space.columns) :] * SHARED
    rows = {name: weights[at].copy() for name, at in space.columns.items()}
    for name, categories in space.groups.items():
        rows[name] = rows.get(name, 0) + shared[categories].sum(0)
    names = sorted(rows)
    table = np.stack([rows[name] for name in names]) * SCALE
    step = float(np.percentile(np.abs(table).max(1), 99.5)) / 127
    small = np.clip(np.rint(table / step), -127, 127).astype(int) + 128
    kept = [at for at, row in enumerate(small) if (row != 128).any()]
    return model.Learnt(
        names=[names[at] for at in kept],
        rows=bytes(small[kept].ravel().tolist()),
        step=step,
        bias=[float(value) for value in bias],
        temperature=TEMPERATURE,
        threshold=THRESHOLD,
    )


def cross_validate(asked: list[Prompt]) -> quality.Quality:
    groups = listed()
    order = np.random.default_rng(7).integers(0, FOLDS, len(asked))
    judged = {}
    for fold in range(FOLDS):
        taught = [prompt for prompt, at in zip(asked, order, strict=True) if at != fold]
        judge = model.Classifier(learn(taught, groups))
        for prompt, at in zip(asked, order, strict=True):
            if at == fold:
                judged[prompt.text] = judge.classify(prompt.text)
    return quality.measure(asked, judged.__getitem__, date="", n_learnt=len(asked))


def table(figures: quality.Quality) -> str:
    lines = ["| category | F1 |", "|---|---|"]
    lines += [f"| {name} | {f1:.3f} |" for name, f1 in figures.by_category.items()]
    lines += ["", "| language | macro-F1 |", "|---|---|"]
    lines += [f"| {name} | {f1:.3f} |" for name, f1 in figures.by_language.items()]
    said = (
        f"Learnt from {figures.n_learnt:,} prompts on {figures.date}; judged by "
        f"{figures.n:,} others: macro-F1 {figures.macro_f1:.3f}, accuracy {figures.accuracy:.3f}."
    )
    return "\n".join([said, "", *lines])


def page(figures: quality.Quality) -> str:
    text = PAGE.read_text("utf-8")
    return re.sub(r"(?s)(<!-- figures -->\n).*?(<!-- end -->)",
                  lambda found: found[1] + table(figures) + "\n" + found[2], text)  # fmt: skip


def write(asked: list[Prompt], date: str) -> quality.Quality:
    learnt = learn(asked, listed())
    (HOME / model.FILE).write_bytes(model.pack(learnt))
    judge = model.Classifier(learnt).classify
    figures = quality.measure(prompts("held_out"), judge, date=date, n_learnt=len(asked))
    shown = msgspec.json.format(msgspec.json.encode(figures), indent=2) + b"\n"
    (HOME / quality.FILE).write_bytes(shown)
    PAGE.write_text(page(figures), "utf-8")
    return figures


def check(asked: list[Prompt]) -> bool:
    stated = quality.QUALITY
    figures = quality.measure(
        prompts("held_out"), model.classify, date=stated.date, n_learnt=len(asked)
    )
    return figures == stated and page(figures) == PAGE.read_text("utf-8")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", metavar="DATE")
    parser.add_argument("--check", action="store_true")
    chosen = parser.parse_args()
    asked = list(prompts("labelled"))
    if chosen.check:
        same = check(asked)
        print("topics: what ships gives the figures that are stated" if same else "topics: differs")
        return 0 if same else 1
    print(table(write(asked, chosen.write) if chosen.write else cross_validate(asked)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
