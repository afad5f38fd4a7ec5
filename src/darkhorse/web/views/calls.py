"""How to call a listing: text to paste into a shell or a Python file."""

from msgspec import Struct

__all__ = ["Calls", "calls"]

_KEY = "$DARKHORSE_KEY"


class Calls(Struct, frozen=True, kw_only=True):
    """The same call twice."""

    curl: str
    python: str


def calls(slug: str, base_url: str) -> Calls:
    """A slug has no quote in it (its pattern says so), so the shell's single quotes hold."""
    return Calls(curl=_curl(slug, base_url), python=_python(slug, base_url))


def _curl(slug: str, base_url: str) -> str:
    return (
        f"curl {base_url}/api/v1/chat/completions \\\n"
        f'  -H "Authorization: Bearer {_KEY}" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        "  -d '{\n"
        f'    "model": "{slug}",\n'
        '    "messages": [{"role": "user", "content": "Who are you?"}]\n'
        "  }'"
    )


def _python(slug: str, base_url: str) -> str:
    return (
        "import os\n"
        "from openai import OpenAI\n"
        "\n"
        "client = OpenAI(\n"
        f'    base_url="{base_url}/api/v1",\n'
        '    api_key=os.environ["DARKHORSE_KEY"],\n'
        ")\n"
        "answer = client.chat.completions.create(\n"
        f'    model="{slug}",\n'
        '    messages=[{"role": "user", "content": "Who are you?"}],\n'
        ")\n"
        "print(answer.choices[0].message.content)"
    )
