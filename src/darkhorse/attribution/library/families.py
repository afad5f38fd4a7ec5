"""Vocabularies that are held, who is known to use them, and which of them name nobody.

Shares are judgements from what labs publish with their weights: of a lab's models, how many use
this vocabulary. What a lab's shares lack of one is vocabularies that nobody holds. The list is
families.json beside this module.
"""

from collections.abc import Mapping
from importlib.resources import files

import msgspec
from msgspec import Struct

from darkhorse.attribution.labs import names_of

__all__ = ["FAMILIES", "Family", "families_of", "family_of_column", "is_neutral"]


class Family(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Models that share a vocabulary."""

    title: str
    columns: tuple[str, ...]  # its names in tables of counts
    current: bool  # are models with it still being made
    neutral: bool  # do gateways count with it, whoever answers
    labs: Mapping[str, float]  # lab → share of its models
    strangers: float  # share of the models of labs that we do not know


class _List(Struct, frozen=True, forbid_unknown_fields=True):
    families: tuple[Family, ...]


FAMILIES: Mapping[str, Family] = {
    each.title: each
    for each in msgspec.json.decode(
        files("darkhorse.attribution.library").joinpath("families.json").read_bytes(), type=_List
    ).families
}
"""By title, oldest maker first."""
_COLUMNS = {column: each.title for each in FAMILIES.values() for column in each.columns}


def family_of_column(column: str) -> str:
    """The title of a table's column; itself where nobody has named it."""
    return _COLUMNS.get(column, column)


def families_of(lab: str) -> Mapping[str, float]:
    """Vocabulary → share of the lab's models; what is missing of one is held by nobody.

    Any name of a lab will do; an empty one: a lab that we do not know.
    """
    usual = names_of(lab)[0]
    shares = {
        title: each.labs.get(usual, 0.0) if lab else each.strangers
        for title, each in FAMILIES.items()
    }
    return {title: share for title, share in shares.items() if share}


def is_neutral(family: str) -> bool:
    """May a count with this vocabulary be a gateway's as well as the model's?"""
    return family in FAMILIES and FAMILIES[family].neutral
