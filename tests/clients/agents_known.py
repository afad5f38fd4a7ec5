"""The coding agents: how each is told of our server, and how it is run without a person.

Everything here is what the agent's own documentation tells a user to set, and switches that keep
it from the network.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from clients.agents_kit import Project
from clients.roster import CODEX, INSTALLED, KILO, OPENCODE

__all__ = ["INTRODUCTIONS", "WAYS", "Command", "Errand", "Introduction"]

PROMPT = "Fix add() in calc.py, then run `python3 check.py`."


@dataclass(frozen=True)
class Errand:
    """One run: where the server is, who asks, and of which model. `aside` is asked for titles."""

    project: Project
    port: int
    key: str
    model: str
    aside: str

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def base(self) -> str:
        return f"{self.origin}/api/v1"


@dataclass(frozen=True)
class Command:
    argv: list[str]
    env: Mapping[str, str]


@dataclass(frozen=True)
class Introduction:
    """What an agent says of itself: X-Title, HTTP-Referer, how its User-Agent begins."""

    title: str
    url: str
    user_agent: str


INTRODUCTIONS = {
    KILO: Introduction("Kilo Code", "https://kilocode.ai", "Kilo-Code/"),
    OPENCODE: Introduction("", "", "opencode/"),
    CODEX: Introduction("", "", "codex_exec/"),
}


def _program(path: str) -> str:
    return str(INSTALLED / "node" / "node_modules" / path)


def _config(errand: Errand, provider: str, npm: str) -> str:
    """Kilo and opencode share their form. For a provider they do not know, `npm` says which way."""
    options = {"baseURL": errand.base, "apiKey": errand.key}
    limit = {"context": 200_000, "output": 32_000}
    model = {"name": "a listing", "tool_call": True, "limit": limit}
    models = dict.fromkeys((errand.model, errand.aside), model)
    told = {"options": options, "models": models, **({"npm": npm} if npm else {})}
    return json.dumps(
        {
            "autoupdate": False,
            "share": "disabled",
            "small_model": f"{provider}/{errand.aside}",
            "provider": {provider: told},
        }
    )


def _run(program: str, provider: str, errand: Errand) -> list[str]:
    unattended = ["run", "--auto", "--thinking", "--format", "json"]
    return [_program(program), *unattended, "-m", f"{provider}/{errand.model}", PROMPT]


def _kilo(errand: Errand, provider: str, env: Mapping[str, str]) -> Command:
    quiet = {
        "KILO_DISABLE_MODELS_FETCH": "1",
        "KILO_TELEMETRY_LEVEL": "off",
        "KILO_SESSION_RETRY_LIMIT": "1",
    }
    return Command(_run(f"{KILO}/bin/kilo", provider, errand), {**quiet, **env})


def _kilo_by_config(errand: Errand) -> Command:
    env = {"KILO_CONFIG_CONTENT": _config(errand, "openrouter", "")}
    return _kilo(errand, "openrouter", env)


def _kilo_by_gateway(errand: Errand) -> Command:
    """Nothing but a key and an address: the listings it finds by itself."""
    return _kilo(errand, "kilo", {"KILO_API_KEY": errand.key, "KILO_API_URL": errand.origin})


def _opencode(provider: str, npm: str = "") -> Callable[[Errand], Command]:
    def command(errand: Errand) -> Command:
        env = {
            "OPENCODE_CONFIG_CONTENT": _config(errand, provider, npm),
            "OPENCODE_DISABLE_MODELS_FETCH": "1",
        }
        return Command(_run(f"{OPENCODE}/bin/opencode", provider, errand), env)

    return command


_CODEX_CONFIG = """\
model = "{model}"
model_provider = "darkhorse"
check_for_update_on_startup = false
[model_providers.darkhorse]
name = "Darkhorse"
base_url = "{base}"
env_key = "DARKHORSE_API_KEY"
wire_api = "responses"
request_max_retries = 0
stream_max_retries = 0
[analytics]
enabled = false
"""


def _codex_home(errand: Errand) -> Path:
    folder = errand.project.home / ".codex"
    folder.mkdir()
    config = _CODEX_CONFIG.format(model=errand.model, base=errand.base)
    (folder / "config.toml").write_text(config)
    return folder


def _codex(errand: Errand) -> Command:
    off = ("plugins", "apps", "remote_plugin")
    unasked = [word for name in off for word in ("--disable", name)]
    bypass = "--dangerously-bypass-approvals-and-sandbox"
    argv = [_program(".bin/codex"), "exec", "--json", "--skip-git-repo-check", bypass, *unasked]
    env = {"CODEX_HOME": str(_codex_home(errand)), "DARKHORSE_API_KEY": errand.key}
    return Command([*argv, PROMPT], env)


WAYS: Mapping[str, Callable[[Errand], Command]] = {
    "kilo": _kilo_by_config,
    "kilo gateway": _kilo_by_gateway,
    "opencode": _opencode("openrouter"),
    "opencode any": _opencode("darkhorse", "@ai-sdk/openai-compatible"),
    "codex": _codex,
}
"""By a Client's `way`."""
