"""Counts of what the filter of words misses and touches, by part and kind.

    cd tests && PYTHONPATH=. python -m cloak.words.recall_counts ru [--dev] [--seeds 3]

The dev part is every third template, the rest is held out: only of the dev part is a text ever
shown (`--dev`).
"""

import argparse
from collections import Counter
from collections.abc import Callable, Iterable

from cloak.words.recall_kit import LANGUAGES, WATCH, cases, forged, honest, load
from cloak.words.words_kit import filtered

_THIRD = 3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("languages", nargs="*", default=LANGUAGES)
    parser.add_argument("--dev", action="store_true", help="show the dev part's texts")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    for language in options.languages or LANGUAGES:
        _report(f"{language} told", _told(language, options.seeds, None), show=options.dev)
        _report(f"{language} forged", _told(language, 2, forged), show=False)
        _report(f"{language} honest", _honest(language, options.seeds), show=options.dev)


def _told(
    language: str, seeds: int, written: Callable[..., str] | None
) -> Iterable[tuple[int, str, str, bool]]:
    for seed in range(seeds):
        for at, case in enumerate(cases(language, seed, written)):
            yield at, case.kind, case.text, not case.is_caught


def _honest(language: str, seeds: int) -> Iterable[tuple[int, str, str, bool]]:
    kinds = [each["kind"] for each in load("honest.json")[language]]
    for seed in range(seeds):
        for at, text in enumerate(honest(language, seed)):
            yield at, kinds[at], text, filtered([text], watch=WATCH)[0] != text


def _report(name: str, results: Iterable[tuple[int, str, str, bool]], *, show: bool) -> None:
    wrong: dict[str, Counter[str]] = {"dev": Counter(), "held": Counter()}
    every: Counter[str] = Counter()
    texts: dict[int, str] = {}
    for at, kind, text, is_wrong in results:
        part = "held" if at % _THIRD else "dev"
        every[part] += 1
        if is_wrong:
            wrong[part][kind] += 1
            if part == "dev":
                texts.setdefault(at, f"{kind}: {text!r}")
    for part, counts in wrong.items():
        share = sum(counts.values()) / max(1, every[part])
        print(f"{name} {part}: {sum(counts.values())}/{every[part]} {share:.1%} {dict(counts)}")
    for at, text in texts.items() if show else ():
        print(f"  [{at}] {text}")


if __name__ == "__main__":
    main()
