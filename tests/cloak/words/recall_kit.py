"""Templates of cloak/said/, with names put in, through the filter with the real frames."""

# ruff: noqa: RUF001 (as it is written)

import json
import random
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from cloak.words.words_kit import ALL_YES, filtered
from darkhorse.catalog.makers import MAKERS, Maker
from darkhorse.cloak.words.verdict import Frames
from darkhorse.cloak.words.watch import FRAMES, Watch

SAID = Path(__file__).parents[1] / "said"
LANGUAGES = ("en", "zh", "es", "fr", "de", "ru", "ar", "ja")
_HAN = ("zh", "ja")


def load(name: str) -> Any:
    return json.loads((SAID / name).read_text(encoding="utf-8"))


_LABS = [
    Maker(maker, tuple(aliases), tuple(models))
    for maker, aliases, models in load("names.json")["makers"]
]
# The same words are judged again at every split; what was judged once stays judged.
WATCH = Watch((*MAKERS, *_LABS), Frames(cache(FRAMES.judge), cache(FRAMES.phrase), *FRAMES[2:]))
NAMES = Watch((*MAKERS, *_LABS), ALL_YES)


class Case(NamedTuple):
    """A template with names put in."""

    language: str
    kind: str
    template: str
    text: str
    names: tuple[str, ...]

    @property
    def is_caught(self) -> bool:
        return self.is_caught_in([self.text])

    def is_caught_in(self, pieces: Any, watch: Watch = WATCH) -> bool:
        """Is every name gone, and kept in the record?"""
        shown, withheld = filtered(pieces, watch=watch)
        said = [each.said for each in withheld]
        return all(name not in shown and any(name in each for each in said) for name in self.names)


def cases(
    language: str,
    seed: int,
    written: Callable[[str, random.Random], str] | None = None,
    *,
    source: str = "selfsaid.json",
) -> Iterator[Case]:
    """Each template of a language with a lab of chance; `written` changes how names look."""
    chance = random.Random(f"{language} {seed}")
    for each in load(source)[language]:
        lab = chance.choice(_LABS)
        slots = {
            "maker": chance.choice(_usual([lab.name, *lab.aliases], language)),
            "model": chance.choice(_usual(lab.models, language)),
        }
        used = {slot: name for slot, name in slots.items() if f"{{{slot}}}" in each["text"]}
        if written:
            used = {slot: written(name, chance) for slot, name in used.items()}
        text = each["text"]
        for slot, name in used.items():
            text = text.replace(f"{{{slot}}}", name)
        yield Case(language, each["kind"], each["text"], text, tuple(used.values()))


def _usual(names: Any, language: str) -> list[str]:
    """Names in letters that the language's writers use."""
    usual = [name for name in names if name.isascii() or language in _HAN]
    return usual or list(names)


def honest(language: str, seed: int) -> Iterator[str]:
    chance = random.Random(f"{language} {seed}")
    for each in load("honest.json")[language]:
        lab = chance.choice(_LABS)
        text = each["text"] if isinstance(each, dict) else each
        maker = chance.choice(_usual([lab.name, *lab.aliases], language))
        model = chance.choice(_usual(lab.models, language))
        yield text.replace("{maker}", maker).replace("{model}", model)


def split_letters(name: str, gap: str) -> str:
    return gap.join(name)


def forged(name: str, chance: random.Random) -> str:
    """Some letters as look-alikes of other scripts, or with something invisible between them."""
    alike = dict(zip("aeopcxyiTHKMABE", "аеорсхуіТНКМАВЕ", strict=True))
    way = chance.randrange(5)
    if way == 0:
        return "".join(alike.get(letter, letter) for letter in name)
    if way == 1:
        return split_letters(name, "\u200b")
    if way == 2:
        return "".join(_full_width(letter) for letter in name)
    if way == 3:
        return name[0] + "\u2060" + name[1:]
    return chance.choice([name.upper(), name.lower(), name.swapcase()])


def _full_width(letter: str) -> str:
    return chr(ord(letter) + 0xFEE0) if "!" <= letter <= "~" else letter
