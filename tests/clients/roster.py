"""Who is tried, and what with: the rows and columns of docs/compatibility.md."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

__all__ = [
    "AGENTS",
    "CODEX",
    "FEATURES",
    "INSTALLED",
    "KILO",
    "OPENCODE",
    "ROSTER",
    "SDKS",
    "Client",
    "version",
]

INSTALLED = Path(__file__).parents[2] / ".clients"

FEATURES = {
    "list": "lists the models",
    "chat": "a whole answer",
    "stream": "an answer piece by piece; its usage, where the client shows it",
    "tools": "calls tools, gets their results, calls again, ends with a text",
    "tools streamed": "the same with every answer streamed",
    "structured": "an answer that holds a JSON schema",
    "reasoning": "the model's reasoning beside its answer",
    "embeddings": "vectors for two texts",
    "wrong key": "401, and what we say of it",
    "retired": "404 for a listing whose time is over, and what we say of it",
    "broken off": "an error in the middle of a stream, and what we say of it",
    "cancel": "a stream given up stops the endpoint and is recorded as cancelled",
    "generation": "what is known of a generation afterwards",
    "task": "a small coding task, headless: reads a file, edits it, runs a check, stops",
}
"""A column's name, and what it means."""

NO_LIST = "it has no call that lists a server's models"
NO_AFTERWARDS = "it has no call for a finished generation"
NO_REASONING = "it has no place for reasoning in this dialect"
NO_VECTORS = "it asks for none"


@dataclass(frozen=True, eq=False)
class Client:
    """A row. `without` says what it lacks, and `fails` what cannot be made to work, and why.

    `note` is a sentence for people who use it.
    """

    name: str
    package: str
    speaks: str
    home: str = "clients"  # the folder of .clients it lies in
    program: str = ""  # in programs/; an agent is a program itself
    way: str = ""  # which of a program's ways
    without: Mapping[str, str] = field(default_factory=dict)
    fails: Mapping[str, str] = field(default_factory=dict)
    note: str = ""

    def __str__(self) -> str:
        """For names of tests and files."""
        named = f"{self.name} {self.speaks}".lower()
        spaced = "".join(each if each.isalnum() else " " for each in named)
        return "-".join(spaced.split())

    @property
    def features(self) -> list[str]:
        return [each for each in FEATURES if each not in self.without]


def _sdk(
    name: str, package: str, speaks: str, program: str, *, lacks: Mapping[str, str], **more
) -> Client:
    home = "node" if program.endswith(".mjs") else "clients"
    without = {"task": "it is no agent", **lacks}
    return Client(name, package, speaks, program=program, without=without, **{"home": home, **more})


def _pydantic_ai(name: str, speaks: str, way: str, lacks: Mapping[str, str]) -> Client:
    return _sdk(name, "pydantic-ai-slim", speaks, "pydantic_agent.py", way=way, lacks=lacks)


_SEE_CHAT = {"embeddings": "the same call as in the row of its chat"}
_SEE_OPENAI = {"embeddings": "its embedder is the one of the row above"}
_OPENAI_CHAT = {"generation": NO_AFTERWARDS, "reasoning": NO_REASONING}
_OPENAI = {"generation": NO_AFTERWARDS, **_SEE_CHAT}
_NO_TOOLS = "the dialect has none"
_COMPLETIONS = {
    **_OPENAI_CHAT,
    **_SEE_CHAT,
    "list": "the same call as in the row of its chat",
    **dict.fromkeys(("tools", "tools streamed", "structured"), _NO_TOOLS),
}
_RESPONSES_TOO = {
    **_SEE_CHAT,
    "list": "the same call as in the row of its chat",
    "structured": "it has no helper for a schema",
    "generation": "the same call as in the row of its chat",
}
_ANTHROPIC = {
    "embeddings": NO_VECTORS,
    "generation": NO_AFTERWARDS,
}
_FRAMEWORK = {"list": NO_LIST, "generation": NO_AFTERWARDS}
_LLM = {
    "list": "it lists what its own file names",
    "reasoning": NO_REASONING,
    "embeddings": "its own file takes no server for them",
    "generation": NO_AFTERWARDS,
}
_LITELLM_NOTE = (
    "as `openrouter/…` with `api_base`. Tools need `litellm[mcp]`. A stream of its synchronous "
    "call can hang in its own connection pool; `acompletion` does not."
)
_AGENT_KIT = {
    **_FRAMEWORK,
    "tools": "it streams every answer",
    "structured": "it has no helper for a schema",
    "embeddings": NO_VECTORS,
}

SDKS = (
    _sdk("openai (Python)", "openai", "chat", "openai_chat.py", lacks=_OPENAI_CHAT),
    _sdk("openai (Python)", "openai", "responses", "openai_responses.py", lacks=_OPENAI),
    _sdk("openai (Python)", "openai", "completions", "openai_completions.py", lacks=_COMPLETIONS),
    _sdk("openai (JavaScript)", "openai", "chat", "openai_chat.mjs", lacks=_OPENAI_CHAT),
    _sdk("openai (JavaScript)", "openai", "responses", "openai_responses.mjs", lacks=_OPENAI),
    _sdk("openrouter (Python)", "openrouter", "chat", "openrouter_chat.py", lacks={}),
    _sdk(
        "openrouter (Python)",
        "openrouter",
        "responses",
        "openrouter_responses.py",
        lacks=_RESPONSES_TOO,
    ),
    _sdk("@openrouter/sdk", "@openrouter/sdk", "chat", "openrouter_sdk.mjs", lacks={}),
    _sdk(
        "@openrouter/sdk",
        "@openrouter/sdk",
        "responses",
        "openrouter_responses.mjs",
        lacks=_RESPONSES_TOO,
    ),
    _sdk(
        "@openrouter/ai-sdk-provider",
        "@openrouter/ai-sdk-provider",
        "chat",
        "ai_sdk.mjs",
        lacks=_FRAMEWORK,
    ),
    _sdk(
        "@openrouter/agent",
        "@openrouter/agent",
        "responses",
        "openrouter_agent.mjs",
        lacks=_AGENT_KIT,
    ),
    _sdk("anthropic (Python)", "anthropic", "messages", "anthropic_messages.py", lacks=_ANTHROPIC),
    _sdk(
        "LiteLLM",
        "litellm",
        "chat",
        "litellm_client.py",
        home="litellm",
        lacks=_FRAMEWORK,
        note=_LITELLM_NOTE,
    ),
    _pydantic_ai("Pydantic AI", "chat", "chat", _FRAMEWORK),
    _pydantic_ai("Pydantic AI", "responses", "responses", {**_FRAMEWORK, **_SEE_CHAT}),
    _pydantic_ai("Pydantic AI for OpenRouter", "chat", "openrouter", {**_FRAMEWORK, **_SEE_OPENAI}),
    _sdk("llm", "llm", "chat", "llm_command.py", lacks=_LLM),
)
_AGENT = {
    "list": "it is told which models there are",
    "chat": "it streams every answer",
    "tools": "it streams every answer",
    "structured": "it asks for none",
    "embeddings": NO_VECTORS,
    "generation": NO_AFTERWARDS,
}
_KILO_GATEWAY = {name: why for name, why in _AGENT.items() if name != "list"}
_KILO_GATEWAY["retired"] = "it asks for nothing that is not in the list it reads"
_KILO_NOTE = "it asks again after an error, as often as `KILO_SESSION_RETRY_LIMIT` says, here once."
_GATEWAY_NOTE = "needs `KILO_API_KEY` and `KILO_API_URL` (our address without a path), no more."
_OPENCODE_NOTE = "says nothing of an error in a stream and asks again until an answer is whole."
_CODEX_NOTE = (
    "asks five times again after any error, 401 and 404 too, unless `request_max_retries` and "
    "`stream_max_retries` are 0, as they are here."
)
KILO, OPENCODE, CODEX = "@kilocode/cli-linux-x64", "opencode-linux-x64", "@openai/codex"


def _agent(
    name: str, package: str, way: str, note: str, *, speaks: str = "chat", lacks: Mapping[str, str]
) -> Client:
    return Client(name, package, speaks, home="node", way=way, without=lacks, note=note)


AGENTS = (
    _agent("Kilo CLI", KILO, "kilo", _KILO_NOTE, lacks=_AGENT),
    _agent("Kilo CLI by its gateway", KILO, "kilo gateway", _GATEWAY_NOTE, lacks=_KILO_GATEWAY),
    _agent("opencode", OPENCODE, "opencode", _OPENCODE_NOTE, lacks=_AGENT),
    _agent("opencode as openai-compatible", OPENCODE, "opencode any", _OPENCODE_NOTE, lacks=_AGENT),
    _agent("Codex", CODEX, "codex", _CODEX_NOTE, speaks="responses", lacks=_AGENT),
)
ROSTER = SDKS + AGENTS


def version(client: Client) -> str:
    """As installed; "" where it is not."""
    home = INSTALLED / client.home
    if client.home == "node":
        about = home / "node_modules" / client.package / "package.json"
        return str(json.loads(about.read_text())["version"]) if about.exists() else ""
    name = client.package.replace("-", "_")
    found = sorted(home.glob(f"lib/python3*/site-packages/{name}-*.dist-info"))
    return found[0].name.removesuffix(".dist-info").partition("-")[2] if found else ""
