"""Labs that make language models, with every name people give them and their models.

A filter that knew this launch's names only would answer an attacker's list of guesses; so all of
them are watched alike. The list is makers.json beside this module. An ordinary word is listed
where it is a name as it stands ("Nova"); one of two letters ("Yi") only with its version.
"""

import re
from collections.abc import Iterable
from importlib.resources import files

import msgspec
from msgspec import Struct

from darkhorse.catalog.endpoint import Private

__all__ = ["MAKERS", "Maker", "own_names"]


class Maker(Struct, frozen=True, forbid_unknown_fields=True):
    """A lab, its other names, its models and assistants; in every script and spelling used."""

    name: str
    aliases: tuple[str, ...] = ()
    models: tuple[str, ...] = ()


class _List(Struct, frozen=True, forbid_unknown_fields=True):
    makers: tuple[Maker, ...]


MAKERS: tuple[Maker, ...] = msgspec.json.decode(
    files("darkhorse.catalog").joinpath("makers.json").read_bytes(), type=_List
).makers

_FORM = re.compile(
    r"(?i)[\s,.-]+(?:a\.?i\.?|labs?|laborator(?:y|ies)|inc|incorporated|ltd|limited|llc|plc|gmbh|"
    r"s\.?a\.?s?|corp(?:oration)?|co|company|group|research|technolog(?:y|ies)|team)\.?$"
)
"""What a company's name may be said without."""
_FORM_HAN = re.compile(r"(?:科技)?(?:股份)?(?:有限)?(?:责任)?公司$|株式会社$|科技$|集团$")
_VERSION = re.compile(r"(?i)[\s_-]*(?:(?<![a-z])v)?\d.*$")
"""A version and what follows it: `GLM-5.2-Air` is said `GLM` too."""
_SHORTEST = 3


def own_names(private: Private) -> Maker:
    """The launch's names, with the plainer ones people would say for them."""
    of_model = [private.model, *(each.model for each in private.endpoint if _told(each.model))]
    of_maker = [private.maker]
    for alias in private.aliases:
        (of_model if _is_model(alias, private.model) else of_maker).append(alias)
    makers = _distinct(plain for name in of_maker for plain in _plain_maker(name))
    models = _distinct(plain for name in of_model for plain in _plain_model(name))
    return Maker(private.maker, makers[1:], models)


def _distinct(names: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))


def _told(name: str) -> bool:
    """Is an endpoint's word for its model a name, and not `default`?"""
    last = name.rsplit("/", 1)[-1]
    return bool(re.search(r"\d", last) and re.search(r"[^\W\d_]{2}", last))


def _is_model(alias: str, model: str) -> bool:
    """Nothing says whose name an alias is: a version, or the model's first word, shows a model."""
    first = re.split(r"[\s_.-]", model.casefold(), maxsplit=1)[0]
    return bool(re.search(r"\d", alias)) or alias.casefold().startswith(first)


def _plain_maker(name: str) -> list[str]:
    """`Example AI Labs, Inc.`: also `Example AI Labs`, `Example AI`, `Example`."""
    names = [name]
    while _long_enough(shorter := _FORM_HAN.sub("", _FORM.sub("", names[-1]))):
        if shorter == names[-1]:
            break
        names.append(shorter)
    return names


def _plain_model(name: str) -> list[str]:
    """`lab/GLM-5.2-Air-FP8`: also `GLM-5.2-Air-FP8` and `GLM`."""
    last = name.rsplit("/", 1)[-1]
    bare = _VERSION.sub("", last)
    return [name, last, *([bare] if _long_enough(bare) else [])]


def _long_enough(name: str) -> bool:
    letters = re.findall(r"[^\W\d_]", name)
    return len(letters) >= (2 if not name.isascii() else _SHORTEST)
