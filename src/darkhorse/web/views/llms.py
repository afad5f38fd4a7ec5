"""`/{author}/{slug}/llms.txt`: a listing for language models to read, and `/llms.txt`: all of them.

Form: llmstxt.org. Only what the pages say as well.
"""

from darkhorse.base.plain import plain
from darkhorse.catalog import notices
from darkhorse.catalog.launch import PublicLaunch
from darkhorse.web.views.calls import calls
from darkhorse.web.views.card import facts, limit_facts
from darkhorse.web.views.known import Known

__all__ = ["launch_text", "site_text"]


def site_text(known: Known, base_url: str) -> str:
    """What is live, with a link to the text of each."""
    live = [
        f"- [{each.listing.title}]({base_url}/{each.listing.slug}/llms.txt): `{each.listing.slug}`"
        for each in known.live()
    ]
    return _text(
        "# Darkhorse",
        "> AI models on trial without their maker's name.",
        f"The API is OpenRouter's: base URL `{base_url}/api/v1`, described by "
        f"{base_url}/openapi.json. A key is needed to call a model.",
        "## Live",
        "\n".join(live) or "None just now.",
    )


def launch_text(launch: PublicLaunch, known: Known, base_url: str) -> str:
    """One launch, in the state it is in."""
    if known.state(launch) != "live":
        return _text(f"# {launch.listing.title}", f"> {notices.farewell(launch, known.now_us)}")
    listing = launch.listing
    call = calls(listing.slug, base_url)
    return _text(
        f"# {listing.title}",
        "> An AI model on trial that does not say who made it. " + notices.ending(launch),
        listing.description,
        f"Its name in the API: `{listing.slug}`",
        "\n".join(f"- {fact.name}: {fact.value}" for fact in facts(listing)),
        f"Parameters: {', '.join(sorted(listing.parameters)) or 'none'}",
        "## What is logged",
        listing.told,
        "## Limits",
        "\n".join(f"- {fact.name}: {fact.value}" for fact in limit_facts(listing.limits))
        or "None of its own. A key may have some.",
        "## How to call it",
        f"With a key from whoever runs this server in `DARKHORSE_KEY`:\n\n```sh\n{call.curl}\n```",
        f"```python\n{call.python}\n```",
        f"Everything else the API takes: {base_url}/openapi.json",
        f"Report abuse: {base_url}/report?about={listing.slug}",
    )


def _text(*parts: str) -> str:
    return plain("\n\n".join(part.strip() for part in parts if part.strip())) + "\n"
