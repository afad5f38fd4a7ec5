"""A server that has been up for a month, and four models on it that answer now.

The month is the one `bench/web.py` measures with: twelve launches, live, over, revealed and paced.
"""

import base64
import sys
from pathlib import Path

from browser.house import House
from darkhorse.wiring.launches import open_desk
from live.stage import go_live, launch_text

sys.path.insert(0, str(Path(__file__).parents[2] / "bench"))  # its scripts find each other so
from visiting.making import Recipe, made  # type: ignore[import-not-found]

__all__ = [
    "ENDING",
    "PIXEL",
    "PLANTED",
    "PONY",
    "SLOW",
    "TOOL",
    "TOOLS",
    "ask_around",
    "make_month",
]

PONY = "stealth/pony-alpha"  # says back what it is told; reads images
SLOW = "stealth/slow-dancer"
TOOLS = "stealth/toolsmith"  # calls what it is offered, keeps to a schema
FAILING = "stealth/lame-mule"
ENDING = PONY
PLANTED = "quetzalcoatlus"
"""A word that one prompt has."""
TOOL = {
    "type": "function",
    "function": {
        "name": "look_up_weather",
        "parameters": {
            "type": "object",
            "properties": {"city": {"type": "string", "enum": ["Oslo"]}},
            "required": ["city"],
        },
    },
}
PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="
)
_GENERATIONS = 6_000
_USUAL = (
    "description = 'A model of a laboratory that is not named, for code and long work.'\n"
    "parameters = ['tools', 'tool_choice', 'temperature', 'top_p', 'max_tokens', 'stop', "
    "'response_format', 'reasoning']\n"
)
_MODELS = {
    PONY: (
        "Pony Alpha",
        "echo?delta_ms=15&deltas=12",
        "input = ['text', 'image']\nwindow.days = 0.9\n",
    ),
    SLOW: ("Slow Dancer", "slow?first_ms=100&delta_ms=60&deltas=400", ""),
    TOOLS: ("Toolsmith", "obliging", ""),
    FAILING: ("Lame Mule", "status-503?retry_after=1", ""),
}
_APPS = (
    {"HTTP-Referer": "https://editor.example", "X-Title": "Quiet Editor"},
    {"HTTP-Referer": "https://tavern.example", "X-Title": "The Tavern"},
    {},
)
_ASKED = (
    "Fix the failing test in parser.py: it expects a ValueError and gets None.",
    "Schreibe bitte ein kurzes Gedicht über den ersten Schnee im November.",
    "¿Cómo puedo repartir mis ahorros entre bonos y acciones a diez años?",
    "请把这句话翻译成法语:火车又晚点了。",
    "Почему лёд плавает на воде? Объясни, как на уроке физики.",
    f"Write a story about a {PLANTED} that learns to read.",
    "I'm sorry, but I can't help with that request.",  # said back, it is a refusal
)


def make_month(data: Path, scripted: str) -> None:
    """Before the server starts. `scripted`: where the scripted upstream listens."""
    made(data, Recipe(_GENERATIONS, 1), lambda done: None)
    desk = open_desk(data)
    for slug, (title, scenario, more) in _MODELS.items():
        endpoint = [(scripted, scenario)]
        text = launch_text(slug, endpoint, title=title, extra=_USUAL + more, prefix="Nameless")
        go_live(desk, text)


def ask_around(house: House) -> None:
    """Real traffic of every kind, and wait until the desk shows it."""
    for number, text in enumerate(_ASKED):
        app = _APPS[number % len(_APPS)]
        house.chat(PONY, text, headers=app, stream=number % 2 == 0, user=f"person-{number % 3}")
    for _ in range(3):
        house.chat(FAILING, "Is anybody there?", user="impatient")
    house.chat(TOOLS, "What is the weather in Oslo?", tools=[TOOL])
    house.chat(PONY, "no JSON at all", response_format={"type": "json_object"})
    house.hang_up(SLOW, "Tell me everything about hats.")
    minutes = "The committee met, and spoke about the hats of its members. " * 1_200
    house.chat(
        PONY, f"Summarise these minutes in one sentence: {minutes}"
    )  # fills the journal file
    last = house.chat(PONY, "And this is the last of them.", session_id="a-session")
    assert last.status == 200, last.text
    house.wait_until_said("/traffic", "And this is the last of them.")
    house.wait_until_said(f"/search?q={PLANTED}", "<mark>")
