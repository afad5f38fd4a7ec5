"""Simon Willison's `llm`, a command: configured by its own file, and run."""

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

from given import ASK, BASE, KEY, MODELS, SCHEMA, WRONG_KEY, tell

LLM = str(Path(sys.executable).with_name("llm"))
HERE = Path(os.environ["HOME"])
CALLED = HERE / "called.txt"
FUNCTIONS = f"""\
from pathlib import Path

def called(name):
    with open({str(CALLED)!r}, "a") as file:
        file.write(name + "\\n")

def read_file(path: str) -> str:
    "Read a file."
    called("read_file")
    return Path(path).read_text()

def write_file(path: str, content: str) -> str:
    "Replace a file's text."
    called("write_file")
    Path(path).write_text(content)
    return "written"

def run_command(command: str) -> str:
    "Run a command."
    called("run_command")
    return command + ": passed"
"""
WRONG = "def add(a, b):\n    return a - b\n"


def configure():
    known = [
        {
            "model_id": f"dh-{number}",
            "model_name": name,
            "api_base": BASE,
            "api_key_name": "dh",
            "supports_tools": True,
            "supports_schema": True,
        }
        for number, name in enumerate(MODELS.values())
    ]
    # YAML takes JSON
    (HERE / "extra-openai-models.yaml").write_text(json.dumps(known))
    return {each["model_name"]: each["model_id"] for each in known}


NAMES = configure()
ENV = {**os.environ, "LLM_USER_PATH": str(HERE)}


def argv(model, *more, key=KEY):
    return [LLM, "-m", NAMES[model], "--key", key, *more]


def run(command):
    return subprocess.run(
        command, env=ENV, cwd=HERE, stdin=subprocess.DEVNULL, capture_output=True, check=False
    )


def chat(model):
    return {"text": run(argv(model, "--no-stream", "hi")).stdout.decode().removesuffix("\n")}


def stream(model):
    """A write for each piece."""
    process = begin(model)
    pieces = []
    while piece := os.read(process.stdout.fileno(), 4096):
        pieces.append(piece)
    process.communicate()
    return {"text": b"".join(pieces).decode().removesuffix("\n"), "pieces": len(pieces)}


def begin(model):
    return subprocess.Popen(
        argv(model, "hi"),
        env={**ENV, "PYTHONUNBUFFERED": "1"},
        cwd=HERE,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def work(model, *more):
    file = HERE / "calc.py"
    file.write_text(WRONG)
    CALLED.write_text("")
    done = run(argv(model, *more, "--functions", FUNCTIONS, ASK))
    return {
        "text": done.stdout.decode().strip(),
        "called": CALLED.read_text().split(),
        "file": file.read_text(),
    }


def tools(model):
    return work(model, "--no-stream")


def tools_streamed(model):
    return work(model)


def structured(model):
    done = run(argv(model, "--no-stream", "--schema", json.dumps(SCHEMA), "hi"))
    return {"json": done.stdout.decode()}


def wrong_key(model):
    return failed(run(argv(model, "hi", key=WRONG_KEY)))


def retired(model):
    return failed(run(argv(model, "hi")))


def failed(done):
    return {"type": f"exit {done.returncode}", "status": None, "message": done.stderr.decode()}


def broken_off(model):
    done = run(argv(model, "hi"))
    return {"text": done.stdout.decode().strip(), **failed(done)}


def cancel(model):
    """Ctrl-C."""
    process = begin(model)
    said = os.read(process.stdout.fileno(), 4096).decode()
    process.send_signal(signal.SIGINT)
    process.communicate(timeout=20)
    return {"text": said}


tell(
    {
        "chat": chat,
        "stream": stream,
        "tools": tools,
        "tools streamed": tools_streamed,
        "structured": structured,
        "wrong key": wrong_key,
        "retired": retired,
        "broken off": broken_off,
        "cancel": cancel,
    }
)
