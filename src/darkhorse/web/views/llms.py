"""`/{author}/{slug}/llms.txt`: a listing for language models to read, and `/llms.txt`: all of them.

Form: llmstxt.org. Only what the pages say as well.
"""

from msgspec import structs

from darkhorse.base.plain import plain
from darkhorse.catalog import notices
from darkhorse.catalog.launch import PublicLaunch
from darkhorse.web.views.calls import calls
from darkhorse.web.views.card import facts, limit_facts, parameters
from darkhorse.web.views.known import Known
from darkhorse.web.views.past import past_launch, shown_reveal

__all__ = ["launch_text", "site_text"]

_LANGUAGES = {"curl": "sh", "TypeScript": "ts"}


def site_text(known: Known, base_url: str) -> str:
    """What is live, with a link to the text of each, and what was."""
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
        "## Past",
        "\n".join(_past(each, known) for each in known.past()) or "None yet.",
        "## More",
        f"- [Rankings]({base_url}/rankings): tokens by model, what is asked, apps\n"
        f"- [Terms]({base_url}/terms): what is logged, for how long, how it is erased\n"
        f"- [Feed]({base_url}/feed.xml): what goes live, ends and is revealed\n"
        f"- [Report abuse]({base_url}/report)",
    )


def launch_text(launch: PublicLaunch, known: Known, base_url: str) -> str:
    """One launch, in the state it is in."""
    if known.state(launch) != "live":
        shown = structs.replace(launch, reveal=shown_reveal(launch))
        return _text(f"# {launch.listing.title}", f"> {notices.farewell(shown, known.now_us)}")
    listing = launch.listing
    return _text(
        f"# {listing.title}",
        "> An AI model on trial that does not say who made it. " + notices.ending(launch),
        listing.description,
        f"Its name in the API: `{listing.slug}`",
        "\n".join(f"- {fact.name}: {fact.value}" for fact in facts(listing)),
        f"Parameters: {_parameters(launch) or 'none'}",
        "## What is logged",
        listing.told,
        "## Limits",
        "\n".join(f"- {fact.name}: {fact.value}" for fact in limit_facts(listing.limits))
        or "None of its own. A key may have some.",
        "## How to call it",
        "With a key from whoever runs this server in `DARKHORSE_KEY`:",
        *(
            f"{call.name}:\n\n```{_LANGUAGES.get(call.name, 'python')}\n{call.text}\n```"
            for call in calls(listing, base_url)
        ),
        f"Everything else the API takes: {base_url}/openapi.json",
        f"Report abuse: {base_url}/report?about={listing.slug}",
    )


def _parameters(launch: PublicLaunch) -> str:
    told = parameters(launch.listing)
    return ", ".join(f"{each.name} ({each.value})" if each.value else each.name for each in told)


def _past(launch: PublicLaunch, known: Known) -> str:
    past = past_launch(launch, known)
    who = f"it was {past.who}" if past.who else "who it was is not revealed yet"
    return (
        f"- {past.title} (`{past.slug}`), {past.term.since.text} to {past.term.until.text}: {who}"
    )


def _text(*parts: str) -> str:
    return plain("\n\n".join(part.strip() for part in parts if part.strip())) + "\n"
