"""Cut-offs that makers publish, by the beginning of a model's name. What is unsure is left out."""

import re
from importlib.resources import files

import msgspec
from msgspec import Struct

from darkhorse.attribution.asked.events import Quarter

__all__ = ["Published", "published"]

_PLAIN = re.compile(
    r"preview|latest|exp|experimental|beta|instruct|it|hf|fp8|bf16|turbo|e|\d+(?:x\d+)?[bkme]|\d{3,8}"
)
"""What may follow a name without making another model of it: dates, sizes, precisions."""
_SHORT = re.compile(r"\d{1,2}")  # of a date, after its year


class Published(Struct, frozen=True, forbid_unknown_fields=True):
    """`until`: the last month that it knows, as its maker says at `source`.

    `kinds`: words of other models for which the maker says the same, `mini`.
    """

    model: str
    until: str
    source: str
    kinds: tuple[str, ...] = ()

    @property
    def quarter(self) -> Quarter:
        """The quarter of that month."""
        year, month = self.until.split("-")
        return Quarter(int(year), (int(month) + 2) // 3)


class _List(Struct, frozen=True, forbid_unknown_fields=True):
    cutoffs: tuple[Published, ...]


_CUTOFFS = msgspec.json.decode(
    files("darkhorse.attribution.heard").joinpath("published.json").read_bytes(), type=_List
).cutoffs


def published(model: str) -> Published | None:
    """What its maker says of `lab/model`; None where it is on no list."""
    name = _plain(model.rpartition("/")[2])
    fitting = [each for each in _CUTOFFS if _is_of(name, each)]
    return max(fitting, key=lambda each: len(each.model), default=None)


def _is_of(name: str, known: Published) -> bool:
    """Is it this model, or a date or a size of it? `gpt-4o-2024-11-20` is of `gpt-4o`."""
    listed = _plain(known.model)
    if name != listed and not name.startswith(f"{listed}-"):
        return False
    words = [word for word in name[len(listed) :].split("-") if word]
    return all(
        word in known.kinds or _PLAIN.fullmatch(word) or (at > 0 and _SHORT.fullmatch(word))
        for at, word in enumerate(words)
    )


def _plain(name: str) -> str:
    return name.casefold().replace(".", "-").replace("meta-llama-", "llama-")
