"""A coding agent's model: reads a file, edits it, runs a check, says so.

It remembers nothing: which step comes next is the number of tool results behind the last user
message, so an agent that asks for a title in between, or asks twice, does no harm.
"""

import re
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Any

import msgspec
from msgspec import Meta, Struct

from darkhorse.upstream.scripted.ask import Ask, Shape, results_behind_user, said_by, tool_names
from darkhorse.upstream.scripted.book import Book
from darkhorse.upstream.scripted.delivery import answer_steps
from darkhorse.upstream.scripted.plant import JsonObject
from darkhorse.upstream.scripted.rendering import Answer, json_bytes, say
from darkhorse.upstream.scripted.steps import Steps
from darkhorse.upstream.scripted.text import cut, thoughts

__all__ = ["TITLE", "book"]

book = Book()

TITLE = "Fix the file"
_DONE = "Fixed, and the check passes."
# As Kilo and opencode tell it in their system prompt; their tools take absolute paths.
_ROOT = re.compile(r"^\s*(?:Working|Project) directory: *(/.*\S)", re.MULTILINE)

_Arguments = Mapping[str, Any]
_Call = tuple[str, _Arguments]  # a tool's name and its arguments


class _Task(Struct, frozen=True, kw_only=True):
    """What is to be done; `read` is the tool result that shows the file."""

    root: str
    file: str
    also: str
    old: str
    new: str
    check: str
    read: str

    def path(self, name: str) -> str:
        return f"{self.root}/{name}" if self.root and not name.startswith("/") else name

    @property
    def looked_at(self) -> tuple[str, ...]:
        return (self.file, self.also) if self.also else (self.file,)

    @property
    def line(self) -> str:
        """The line to change, its indentation with it: a patch needs the whole of it."""
        return next((line for line in self.read.splitlines() if self.old in line), self.old)


def _by_editor(task: _Task) -> list[_Call]:
    """Kilo and opencode."""
    path = task.path(task.file)
    edit = {"filePath": path, "oldString": task.old, "newString": task.new}
    return [
        *(("read", {"filePath": task.path(name)}) for name in task.looked_at),
        ("edit", edit),
        ("bash", {"command": task.check, "description": "Runs the check"}),
    ]


def _by_shell(task: _Task) -> list[_Call]:
    """Codex, which takes a patch from the command it is asked to run."""
    line = task.line
    patch = (
        "apply_patch <<'EOF'\n*** Begin Patch\n"
        f"*** Update File: {task.file}\n@@\n-{line}\n+{line.replace(task.old, task.new)}\n"
        "*** End Patch\nEOF"
    )
    commands = [*(f"cat {name}" for name in task.looked_at), patch, task.check]
    return [("exec_command", {"cmd": command}) for command in commands]


def _by_files(task: _Task) -> list[_Call]:
    """Tools of a program's own."""
    content = task.read.replace(task.old, task.new)
    return [
        *(("read_file", {"path": task.path(name)}) for name in task.looked_at),
        ("write_file", {"path": task.path(task.file), "content": content}),
        ("run_command", {"command": task.check}),
    ]


_TOOLBOXES: Mapping[frozenset[str], Callable[[_Task], list[_Call]]] = MappingProxyType(
    {
        frozenset({"read", "edit", "bash"}): _by_editor,
        frozenset({"exec_command"}): _by_shell,
        frozenset({"read_file", "write_file", "run_command"}): _by_files,
    }
)


@book.scenario(
    "coder",
    "A coding agent's model. By the tools offered it reads `file` (and `also`, in the same turn), "
    "puts `new` for `old`, runs `check` and says `text`; without tools it says a title.",
    Shape(text=_DONE),
    pure=False,
)
def coder(
    ask: Ask,
    *,
    file: str = "calc.py",
    also: str = "",
    old: str = "return a - b",
    new: str = "return a + b",
    check: str = "python3 check.py",
    root: str = "",
    thinks: bool = False,
    piece: Annotated[int, Meta(ge=1)] = 5,
) -> Steps:
    offered = tool_names(ask.tools)
    plan = next((plan for tools, plan in _TOOLBOXES.items() if tools <= offered), None)
    if plan is None:
        unknown = f"Of these tools I know none: {', '.join(sorted(offered))}."
        return _says(ask, unknown if offered else TITLE, thinks=False)
    results = results_behind_user(ask.messages)
    task = _Task(
        root=root or _root(ask),
        file=file,
        also=also,
        old=old,
        new=new,
        check=check,
        read=_shown(results, old),
    )
    calls = _next(plan(task), len(results), together=len(task.looked_at))
    if not calls:
        return _says(ask, ask.shape.text, thinks=thinks)
    return _calls(ask, calls, first=len(results) + 1, piece=piece, thinks=thinks)


def _root(ask: Ask) -> str:
    found = _ROOT.search(said_by(ask.messages, "system", "developer", "user"))
    return found[1] if found else ""


def _shown(results: list[str], old: str) -> str:
    """The first result that holds `old`; "" where none does."""
    return next((text for each in results if old in (text := _unwrap(each))), "")


def _unwrap(result: str) -> str:
    """Some clients write a text result as JSON, once or twice."""
    while result.startswith('"'):
        try:
            result = msgspec.json.decode(result, type=str)
        except msgspec.DecodeError:
            break
    return result


def _next(calls: list[_Call], results: int, *, together: int) -> list[_Call]:
    """The first `together` steps in one turn, then one a turn, then none."""
    return calls[:together] if results < together else calls[results : results + 1]


def _says(ask: Ask, text: str, *, thinks: bool) -> Steps:
    said = say(*cut(text, deltas=ask.shape.deltas, size=ask.shape.size))
    return answer_steps(ask, Answer(deltas=(*_thoughts(thinks=thinks), *said)))


def _calls(ask: Ask, calls: list[_Call], *, first: int, piece: int, thinks: bool) -> Steps:
    """Each call's head, then its arguments in pieces of `piece` characters."""
    said: list[JsonObject] = list(_thoughts(thinks=thinks))
    for index, (name, arguments) in enumerate(calls):
        call_id = ask.plant.call_id(first + index)
        texts = cut(json_bytes(arguments).decode(), deltas=1, size=piece)
        head = ask.plant.call(index, arguments="", call_id=call_id, name=name)
        rest = (ask.plant.call(index, arguments=text) for text in texts)
        said += ({"tool_calls": [each]} for each in (head, *rest))
    return answer_steps(ask, Answer(deltas=tuple(said), finish="tool_calls"))


def _thoughts(*, thinks: bool) -> tuple[JsonObject, ...]:
    return tuple({"reasoning_content": each} for each in thoughts()) if thinks else ()
