"""All scenarios, found by the `model` of a request; and their table for people."""

import re
from typing import Literal, get_args, get_origin

import msgspec
from msgspec import Meta

from darkhorse.upstream.scripted import (
    answers,
    coder,
    faults,
    framings,
    malformed,
    obliging,
    statuses,
    strict,
    tools,
)
from darkhorse.upstream.scripted.ask import Shape
from darkhorse.upstream.scripted.book import Book, Scenario, Wish
from darkhorse.upstream.scripted.imitations import playing
from darkhorse.upstream.scripted.statuses import STATUS_FAMILY
from darkhorse.upstream.scripted.veiled import model as veiled

__all__ = ["GROUPS", "IMITATIONS", "SCENARIOS", "describe", "find", "markdown"]

GROUPS = {
    "Answers": answers.book,
    "Tool calls": tools.book,
    "Agents": coder.book,
    "Obedience": obliging.book,
    "Strictness": strict.book,
    "Framings": framings.book,
    "Statuses": statuses.book,
    "Faults": faults.book,
    "Malformed": malformed.book,
    "Imitations": playing.book,
    "Anonymous models": veiled.book,
}
SCENARIOS = Book(*GROUPS.values())
IMITATIONS = frozenset(playing.book.scenarios)

_STATUS = re.compile(r"status-(\d{3})")


def find(model: str) -> tuple[Scenario, Wish]:
    """The scenario a model name asks for, with its parameters. Raises ScenarioError."""
    name, _, query = model.partition("?")
    if code := _STATUS.fullmatch(name):
        name, query = STATUS_FAMILY, f"code={code[1]}&{query}"
    scenario = SCENARIOS.get(name)
    return scenario, scenario.parse(query)


def describe() -> list[dict[str, str]]:
    """One row a scenario: group, name, parameters with defaults, help."""
    return [
        {"group": group, "name": name, "parameters": _parameters(scenario), "help": scenario.help}
        for group, book in GROUPS.items()
        for name, scenario in book.scenarios.items()
    ]


def _parameters(scenario: Scenario) -> str:
    hints = {field.name: field.type for field in msgspec.structs.fields(scenario.own)}
    own = [
        f"{name}={_choices(hints[name]) or _show(value)}"
        for name, value in scenario.own_defaults().items()
        if (scenario.name, name) != (STATUS_FAMILY, "code")
    ]
    changed = [f"{name}={_show(value)}" for name, value in scenario.changed_defaults().items()]
    return ", ".join([*own, *changed])


def _choices(hint: object) -> str:
    """The words a parameter takes, the default first; "" where it takes no words."""
    return "/".join(get_args(hint)) if get_origin(hint) is Literal else ""


def _show(value: object) -> str:
    return str(int(value)) if isinstance(value, bool) else str(value)


def markdown() -> str:
    """The two tables of docs/scripted.md."""
    lines = ["| Parameter | Default | What it sets |", "|---|---|---|"]
    lines += [
        f"| `{field.name}` | {_show(field.default)} | {_description(field.type)} |"
        for field in msgspec.structs.fields(Shape)
    ]
    for group, book in GROUPS.items():
        lines += [
            "",
            f"### {group}",
            "",
            "| Scenario | Parameters | What it does |",
            "|---|---|---|",
        ]
        for scenario in book.scenarios.values():
            parameters = _parameters(scenario)
            shown = f"`{parameters}`" if parameters else ""
            lines.append(f"| `{scenario.name}` | {shown} | {scenario.help} |")
    return "\n".join([*lines, ""])


def _description(hint: object) -> str:
    metas = [meta for meta in getattr(hint, "__metadata__", ()) if isinstance(meta, Meta)]
    return next((meta.description for meta in metas if meta.description), "")
