"""What a program is given, and how it tells what came of it.

    program.py FEATURE …

Prints a JSON line for each feature: {feature: result}. The client's own package, as its
documentation says it is used, is all that a program talks to the server with.
"""

import faulthandler
import json
import os
import sys
import traceback
from collections.abc import Callable, Mapping
from typing import Any

BASE = os.environ["BASE_URL"]
SERVER = os.environ["SERVER_URL"]
KEY = os.environ["API_KEY"]
WRONG_KEY = "sk-dh-nobody"
MODELS: Mapping[str, str] = json.loads(os.environ["MODELS"])  # feature → listing
ASK = "Fix add() in calc.py, then run `python3 check.py`."
HI = [{"role": "user", "content": "hi"}]
DO = [{"role": "user", "content": ASK}]
TEXTS = ["one", "two"]
SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "days": {"type": "integer"}},
    "required": ["city", "days"],
    "additionalProperties": False,
}
PARAMETERS = {
    "read_file": ("path",),
    "write_file": ("path", "content"),
    "run_command": ("command",),
}
PATIENCE_S = 90  # then it says where it stands, and ends


class Workplace:
    """A file that is wrong, three tools to work on it, and what was done with them."""

    def __init__(self) -> None:
        self.files = {"calc.py": "def add(a, b):\n    return a - b\n"}
        self.called: list[str] = []

    def read_file(self, path: str) -> str:
        """Read a file."""
        self.called.append("read_file")
        return self.files[path]

    def write_file(self, path: str, content: str) -> str:
        """Replace a file's text."""
        self.called.append("write_file")
        self.files[path] = content
        return "written"

    def run_command(self, command: str) -> str:
        """Run a command."""
        self.called.append("run_command")
        return f"{command}: " + ("passed" if "a + b" in self.files["calc.py"] else "failed")

    def carry_out(self, name: str, arguments: str | dict[str, str]) -> str:
        given = json.loads(arguments) if isinstance(arguments, str) else arguments
        return getattr(self, name)(**given)

    def left(self, text: str | None) -> dict[str, Any]:
        return {"text": text, "called": self.called, "file": self.files["calc.py"]}


def schema_of(tool: str) -> dict[str, Any]:
    names = PARAMETERS[tool]
    properties = {name: {"type": "string"} for name in names}
    return {"type": "object", "properties": properties, "required": list(names)}


def chat_tools() -> list[dict[str, Any]]:
    """As OpenAI's chat dialect has them."""
    return [
        {"type": "function", "function": {"name": name, "parameters": schema_of(name)}}
        for name in PARAMETERS
    ]


def error(caught: Exception, status: int | None = None, message: str = "") -> dict[str, Any]:
    return {"type": type(caught).__name__, "status": status, "message": message or str(caught)}


def tell(features: Mapping[str, Callable[[str], Any]]) -> None:
    """Try what the command line names, one after the other, and print what came of each."""
    faulthandler.dump_traceback_later(PATIENCE_S, exit=True)
    for name in sys.argv[1:]:
        print(json.dumps({name: _attempt(features[name], MODELS[name])}), flush=True)
    faulthandler.cancel_dump_traceback_later()


def _attempt(feature: Callable[[str], Any], model: str) -> Any:
    try:
        return feature(model)
    except Exception:  # noqa: BLE001 (whatever it is, the test shows it)
        return {"crash": traceback.format_exc()}
