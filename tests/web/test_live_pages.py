"""What an open page is sent: pieces that changed, a word now and then, and an end."""

import asyncio

import msgspec
import pytest
from pages_kit import DAY_US, LIVE_US, PONY, Facts, Site, ask, live, over

from darkhorse.storage.figures import HourFigures, Quantiles
from darkhorse.storage.ports import ListingTotals
from darkhorse.web.streams import Streams

PAGE = f"/live/{PONY.slug}"
USED = ListingTotals(listing=PONY.slug, requests=1234, prompt_tokens=3000, completion_tokens=500)


def events(answer):
    """Pairs of name and data, in order; comments as they are."""
    found = []
    for block in answer.text.split("\n\n")[1:-1]:
        lines = dict(line.split(": ", 1) for line in block.splitlines() if line[0] != ":")
        found.append((lines["event"], msgspec.json.decode(lines["data"])) if lines else block)
    return found


async def until_open(*sent):
    """Each has its head, its first words and its first pieces."""
    while any(len(each) < 3 for each in sent):  # noqa: ASYNC110 (readings are made in threads)
        await asyncio.sleep(0)


class Watched:
    """A site whose streams look `looks` times; between two of them `between` is called."""

    def __init__(self, *launches, looks=3, between=lambda site: None, facts=None, **fields):
        async def pause():
            self.site.clock.us += 1_000_000
            between(self.site)

        self.streams = Streams(looks=looks, pause=pause, **fields)
        self.site = Site(*launches, facts=facts or Facts(USED), streams=self.streams)

    def get(self, path="/live"):
        return self.site.get(path)


def test_the_front_page_is_told_what_each_listing_has():
    answer = Watched(live()).get()
    assert answer.status == 200
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert answer.headers["cache-control"] == "no-store"
    assert answer.text.startswith("retry: ")
    assert events(answer) == [
        (
            "put",
            {
                f"requests-{PONY.slug}": "1,234",
                f"tokens-{PONY.slug}": "3.5K<small>3K prompt, 500 answer</small>",
            },
        )
    ]


def test_every_piece_has_its_place_on_the_page():
    quality = HourFigures(
        at_us=0, requests=30, counted=30, uptime=1, first_token_ms=Quantiles(200.0)
    )
    site = Watched(live(), facts=Facts(USED, quality=quality))
    for path, page in (("/live", "/"), (PAGE, f"/{PONY.slug}")):
        html = site.site.get(page).text
        ((name, pieces),) = events(site.get(path))
        assert name == "put"
        for each, piece in pieces.items():
            assert f'<dd id="{each}">{piece}</dd>' in html


def test_only_what_has_changed_is_sent_again():
    def more(site):
        used = site.facts.by_listing[PONY.slug]
        site.facts.by_listing = {PONY.slug: msgspec.structs.replace(used, requests=9999)}

    sent = events(Watched(live(), looks=4, between=more).get())
    assert [name for name, _ in sent] == ["put", "put"]
    assert sent[1][1] == {f"requests-{PONY.slug}": "9,999"}


def test_who_hears_nothing_for_long_hears_that_it_still_lives():
    answer = Watched(live(), looks=7, quiet_looks=3).get()
    assert [type(each) for each in events(answer)] == [tuple, str, str]


def test_a_trial_that_ends_ends_its_stream_for_good():
    def late(site):
        site.clock.us = LIVE_US + 5 * DAY_US

    answer = Watched(live(days=5), looks=50, between=late).get(PAGE)
    assert [name for name, _ in events(answer)] == ["put", "over"]
    assert events(Watched(over(live())).get(PAGE)) == [("over", {})]


def test_an_envelopes_pace_is_not_told():
    paced = msgspec.structs.replace(
        PONY, rhythm=msgspec.structs.replace(PONY.rhythm, first_ms=900, chars_per_s=50)
    )
    quality = HourFigures(at_us=0, requests=30, counted=30, uptime=1, first_token_ms=Quantiles(1.0))
    ((_, pieces),) = events(Watched(live(paced), facts=Facts(USED, quality=quality)).get(PAGE))
    assert sorted(name.partition("-")[0] for name in pieces) == [
        *("apps", "requests", "tokens", "uptime")
    ]


def test_figures_that_cannot_be_read_send_nothing():
    facts = Facts()
    facts.fails = True
    assert events(Watched(live(), facts=facts).get()) == []


@pytest.mark.parametrize("path", ["/live", PAGE])
def test_so_many_may_watch_and_a_place_comes_free_again(path):
    gate = asyncio.Event()
    streams = Streams(most=2, looks=2, pause=gate.wait)
    site = Site(live(), streams=streams)

    async def scene():
        sent = [[], []]
        watching = [asyncio.create_task(ask(site.app, path, sent=each)) for each in sent]
        await until_open(*sent)
        refused = await ask(site.app, path)
        assert (refused.status, refused.headers["retry-after"]) == (503, "60")
        assert (await ask(site.app, path, "HEAD")).status == 200
        gate.set()
        await asyncio.gather(*watching)
        assert (await ask(site.app, path)).status == 200

    asyncio.run(scene())


def test_a_client_that_goes_gives_its_place_back():
    site = Site(live(), streams=Streams(most=1, looks=2, pause=asyncio.Event().wait))

    async def scene():
        for _ in range(3):
            sent = []
            watching = asyncio.create_task(ask(site.app, "/live", sent=sent))
            await until_open(sent)
            assert sent[0]["status"] == 200
            watching.cancel()
            await asyncio.gather(watching, return_exceptions=True)

    asyncio.run(scene())


def test_all_end_when_the_process_is_to_stop():
    watched = Watched(live(), looks=1000, between=lambda site: watched.streams.end())
    assert len(events(watched.get())) == 1
    assert watched.get().status == 503
