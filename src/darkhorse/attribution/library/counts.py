r"""How known tokenizers count: integers, no token strings. (Owner: tokens.)"""

from collections.abc import Mapping

import xxhash
from msgspec import Struct

__all__ = ["Counts", "prompt_key"]


class Counts(Struct, frozen=True, kw_only=True, omit_defaults=True):
    r"""Of each vocabulary, in the order of `vocabularies`.

    `probes`: text → tokens of ".\n" + text less those of ".\nx". `prompts`: `prompt_key` of a
    prompt → tokens of the bare text. `own`: model → `prompt_key` → what its own API charged less
    its usual overhead, for models whose vocabulary nobody holds. `families`: model → its
    vocabulary, where that is held. `usual`: model → what its API charges beside the bare text of
    one user message, on each route that was seen, most used first.
    """

    vocabularies: tuple[str, ...] = ()
    probes: Mapping[str, tuple[int, ...]] = {}
    prompts: Mapping[str, tuple[int, ...]] = {}
    own: Mapping[str, Mapping[str, int]] = {}
    families: Mapping[str, str] = {}
    usual: Mapping[str, tuple[int, ...]] = {}


def prompt_key(text: str) -> str:
    """Names a text by 64 bits of hash: 16 hex digits, of its UTF-8 as it is."""
    return xxhash.xxh3_64_hexdigest(text.encode("utf-8", "surrogatepass"))
