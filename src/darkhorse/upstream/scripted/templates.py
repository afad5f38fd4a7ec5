"""Chat templates of invented engines: what they add around messages, tools and answers."""

from collections.abc import Mapping
from typing import Literal

from msgspec import Struct

__all__ = ["TEMPLATES", "Template", "TemplateName"]

TemplateName = Literal["bare", "tags", "marks", "channels"]


class Template(Struct, frozen=True, kw_only=True):
    """Native tokens that are nobody's text."""

    first: int = 0  # once a prompt
    usual_system: int = 0  # where the client gives no system message
    message: int = 0
    system: int = 0  # a system message, besides
    tools: int = 0  # once, where there are any
    tool: int = 0
    media: int = 256  # an image, a sound, a video, a file
    opening: int = 0  # before an answer's text; they use up its limit
    thought: int = 0  # around thoughts; likewise
    call: int = 0  # around a call; likewise
    end: int = 0  # behind an answer's last token


TEMPLATES: Mapping[TemplateName, Template] = {
    "bare": Template(),
    "tags": Template(first=1, message=4, system=2, tools=61, tool=9, thought=4, call=12, end=1),
    "marks": Template(
        first=5, usual_system=21, message=3, tools=140, tool=17, media=1601, thought=2, call=7
    ),
    "channels": Template(
        first=66,
        message=5,
        system=11,
        tools=33,
        tool=4,
        media=765,
        opening=5,
        thought=4,
        call=9,
        end=1,
    ),
}
