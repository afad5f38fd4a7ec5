"""What the untrained indexer of a lift costs in quality. Writes engine/docs/untrained.json.

    python bench/untrained.py [LIFTED] [--source GGUF] [--out FILE] [--seeds 2] [--longest 8000]

Run by the engine's Python. LIFTED is a directory that `darkhorse-engine lift` wrote (without: the
wheel's model is lifted in memory). In float32, on Python's own reference as text:

- *mass*: the share of the original's attention that falls on picks, at 3,072 tokens;
- *agreement*: sparse (512 picks) against dense, by position to 8K: same likeliest token, KL;
- *needles*: numbers said in the text and asked for at 2K, 4K and 8K, dense and sparse. Correct is
  an answer that greedy decoding would give in full.

It takes some 8 minutes of CPU, on as many threads as torch takes.
"""

import argparse
import json
from pathlib import Path
from statistics import mean
from typing import Any

import torch
from looking.mass import attention, captured
from looking.reading import Reader, sharing
from looking.texts import Haystack, haystack, text
from rich.console import Console
from rich.table import Table
from torch import Tensor

from darkhorse_engine.chat.tokenizer import Tokenizer
from darkhorse_engine.config import Config
from darkhorse_engine.lift.lift import lifted
from darkhorse_engine.lift.original import Original
from darkhorse_engine.lift.source import wheel_gguf
from darkhorse_engine.weights.gguf_file import GgufFile
from darkhorse_engine.weights.load import load

_OUT = Path(__file__).parents[1] / "engine" / "docs" / "untrained.json"
_TOPKS = (128, 256, 512)
_TOPK = 512
"""Of the comparison with dense. Tokens that see no more than that are left out."""
_MASS_TOKENS, _QUERIES = 3072, 256
_EVERY = 16
"""Of positions, so many are left out between two whose logits are compared."""

Weights = dict[str, Tensor]


def main() -> None:
    options = _options()
    console = Console(stderr=True)
    file = GgufFile(options.source or wheel_gguf())
    words = Tokenizer.from_gguf(file.fields)
    with console.status("lifting"):
        config, weights = _weights(options.lifted, file)
    parts = tuple(n for n in (1984, 3968, 8000) if n <= options.longest)
    with console.status("attention"):
        shares = [_mass(file, config, weights, words, seed) for seed in range(options.seeds)]
    runs = []
    for seed in range(options.seeds):
        with console.status(f"text {seed + 1} of {options.seeds}, to {parts[-1]:,} tokens"):
            hay = haystack(words, seed, parts, each=4)
            runs.append([_run(config, weights, hay, parts, topk) for topk in (1 << 30, _TOPK)])
    told = {
        "text": f"Python's reference, {options.seeds} orders of its topics",
        "mass": _told_mass(shares),
        "agreement": _told_agreement(runs, parts),
        "needles": _told_needles(runs, parts),
    }
    options.out.parent.mkdir(parents=True, exist_ok=True)
    options.out.write_text(json.dumps(told, indent=2) + "\n")
    for name in ("mass", "agreement", "needles"):
        console.print(_table(name, told[name]))
    print(json.dumps(told))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("lifted", nargs="?", type=Path, metavar="LIFTED")
    parser.add_argument("--source", type=Path, metavar="GGUF", help="that was lifted")
    parser.add_argument("--out", type=Path, default=_OUT)
    parser.add_argument("--seeds", type=int, default=2)
    parser.add_argument("--longest", type=int, default=8000)
    return parser.parse_args()


def _weights(directory: Path | None, file: GgufFile) -> tuple[Config, Weights]:
    if directory is None:
        return lifted(file)
    loaded = load(directory, torch.float32)
    return loaded.config, loaded.model.state_dict()


def _mass(file: GgufFile, config: Config, weights: Weights, words: Tokenizer, seed: int) -> Any:
    tokens = torch.tensor(words.encode(text(seed + 1000))[:_MASS_TOKENS])
    maps = attention(Original(file), tokens, _QUERIES)
    return captured(config, weights, maps, tokens, _TOPKS)


def _run(
    config: Config, weights: Weights, hay: Haystack, parts: tuple[int, ...], topk: int
) -> tuple[list[Tensor], list[list[bool]]]:
    """By part: logits of every n-th position, and whether each needle so far was found."""
    reader = Reader(sharing(config, weights, topk), hay.tokens, room=len(hay.needles))
    logits, found = [], []
    for part in parts:
        first = max(0, _TOPK - reader.done)
        logits.append(reader.model.logits(reader.read(part)[first::_EVERY]))
        needles = [needle for needle in hay.needles if needle.at <= part]
        asked = reader.ask([needle.question + needle.answer for needle in needles])
        found.append(
            [
                seen[len(needle.question) - 1 : -1].argmax(-1).tolist() == needle.answer
                for seen, needle in zip(asked, needles, strict=True)
            ]
        )
    return logits, found


def _told_mass(shares: list[Any]) -> list[dict[str, Any]]:
    rows = []
    for way in shares[0]:
        row: dict[str, Any] = {"picks": way}
        for topk in _TOPKS:
            layers = [mean(pair) for pair in zip(*(s[way][topk] for s in shares), strict=True)]
            row[str(topk)] = round(mean(layers), 3)
            row[f"{topk}, worst layer"] = round(min(layers), 3)
        rows.append(row)
    return rows


def _told_agreement(runs: list[Any], parts: tuple[int, ...]) -> list[dict[str, Any]]:
    rows = []
    for n, (start, end) in enumerate(zip((_TOPK, *parts), parts, strict=False)):
        dense, sparse = (torch.cat([run[way][0][n] for run in runs]) for way in (0, 1))
        p, q = dense.log_softmax(-1), sparse.log_softmax(-1)
        same = (p.argmax(-1) == q.argmax(-1)).float().mean().item()
        rows.append(
            {
                "positions": f"{start:,} to {end:,}",
                "same likeliest token": round(same, 3),
                "KL, nats": round((p.exp() * (p - q)).sum(-1).mean().item(), 3),
            }
        )
    return rows


def _told_needles(runs: list[Any], parts: tuple[int, ...]) -> list[dict[str, Any]]:
    rows = []
    for n, part in enumerate(parts):
        dense, sparse = ([hit for run in runs for hit in run[way][1][n]] for way in (0, 1))
        rows.append(
            {"context": part, "asked": len(dense), "dense": sum(dense), "sparse": sum(sparse)}
        )
    return rows


def _table(title: str, rows: list[dict[str, Any]]) -> Table:
    table = Table(*rows[0], title=title)
    for row in rows:
        table.add_row(*(str(value) for value in row.values()))
    return table


if __name__ == "__main__":
    main()
