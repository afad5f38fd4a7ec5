"""How to call a listing: text to paste into a shell or a file."""

from msgspec import Struct

from darkhorse.catalog.listing import Listing

__all__ = ["Call", "calls"]

_KEY = "$DARKHORSE_KEY"
_MOST_TOKENS = 1024  # Anthropic's dialect wants a number


class Call(Struct, frozen=True, kw_only=True):
    """The same call in one of several languages."""

    name: str
    package: str  # what must be installed; empty: nothing
    text: str


def calls(listing: Listing, base_url: str) -> tuple[Call, ...]:
    """curl first. A slug has no quote in it (its pattern says so), so quotes around it hold."""
    slug = listing.slug
    if "embeddings" in listing.output:
        return (
            Call(name="curl", package="", text=_curl_embeddings(slug, base_url)),
            Call(name="Python", package="openai", text=_python_embeddings(slug, base_url)),
        )
    longest = min(_MOST_TOKENS, listing.max_output)
    return (
        Call(name="curl", package="", text=_curl(slug, base_url)),
        Call(name="Python", package="openai", text=_python(slug, base_url)),
        Call(name="TypeScript", package="openai", text=_typescript(slug, base_url)),
        Call(
            name="Python, Anthropic’s SDK",  # noqa: RUF001 (typography of a page)
            package="anthropic",
            text=_anthropic(slug, base_url, longest),
        ),
    )


def _curl(slug: str, base_url: str) -> str:
    return _curl_of(
        f"{base_url}/api/v1/chat/completions",
        f'    "model": "{slug}",\n'
        '    "messages": [{"role": "user", "content": "Who are you?"}]\n',
    )


def _curl_embeddings(slug: str, base_url: str) -> str:
    return _curl_of(
        f"{base_url}/api/v1/embeddings",
        f'    "model": "{slug}",\n    "input": "A dark horse"\n',
    )


def _curl_of(url: str, fields: str) -> str:
    return (
        f"curl {url} \\\n"
        f'  -H "Authorization: Bearer {_KEY}" \\\n'
        '  -H "Content-Type: application/json" \\\n'
        f"  -d '{{\n{fields}  }}'"
    )


def _python(slug: str, base_url: str) -> str:
    return (
        f"{_python_client(base_url)}"
        "answer = client.chat.completions.create(\n"
        f'    model="{slug}",\n'
        '    messages=[{"role": "user", "content": "Who are you?"}],\n'
        ")\n"
        "print(answer.choices[0].message.content)"
    )


def _python_embeddings(slug: str, base_url: str) -> str:
    return (
        f"{_python_client(base_url)}"
        f'answer = client.embeddings.create(model="{slug}", input="A dark horse")\n'
        "print(answer.data[0].embedding[:5])"
    )


def _python_client(base_url: str) -> str:
    return (
        "import os\n"
        "from openai import OpenAI\n"
        "\n"
        "client = OpenAI(\n"
        f'    base_url="{base_url}/api/v1",\n'
        '    api_key=os.environ["DARKHORSE_KEY"],\n'
        ")\n"
    )


def _typescript(slug: str, base_url: str) -> str:
    return (
        'import OpenAI from "openai";\n'
        "\n"
        "const client = new OpenAI({\n"
        f'  baseURL: "{base_url}/api/v1",\n'
        "  apiKey: process.env.DARKHORSE_KEY,\n"
        "});\n"
        "const answer = await client.chat.completions.create({\n"
        f'  model: "{slug}",\n'
        '  messages: [{ role: "user", content: "Who are you?" }],\n'
        "});\n"
        "console.log(answer.choices[0].message.content);"
    )


def _anthropic(slug: str, base_url: str, longest: int) -> str:
    return (
        "import os\n"
        "from anthropic import Anthropic\n"
        "\n"
        "client = Anthropic(\n"
        f'    base_url="{base_url}/api",\n'
        '    api_key=os.environ["DARKHORSE_KEY"],\n'
        ")\n"
        "answer = client.messages.create(\n"
        f'    model="{slug}",\n'
        f"    max_tokens={longest},\n"
        '    messages=[{"role": "user", "content": "Who are you?"}],\n'
        ")\n"
        "for block in answer.content:\n"
        '    if block.type == "text":\n'
        "        print(block.text)"
    )
