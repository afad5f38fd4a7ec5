"""Real upstreams, as far as they can be imitated: behind the router none is told from another.

Beside each imitation stands a plain endpoint that says the same; a session takes a request to the
one or to the other. Refusals are compared among all imitations.
"""

import pytest

from darkhorse.upstream.scripted.imitations.houses import HOUSES

from .counts_kit import TOOLS, shown
from .endpoints_kit import attempts, session_of
from .stage import Relay, Reply

TEXT = "text=As%20you%20wish."
SETTINGS = "[upstream]\nattempts = 1\ncooldown_s = 0.01\nfailures_in_row = 1000\n"
REFUSED = ("context=1", "key=another")
ASKED = {
    "text": {},
    "cut": {"max_tokens": 25},
    "tools": {"tools": [{"type": "function", "function": TOOLS[1]}]},
}
everyone = pytest.mark.parametrize("name", HOUSES)


def lines(name: str) -> tuple[str, ...]:
    return (f"dialect = '{HOUSES[name].speaks}'",)


@pytest.fixture(scope="module")
def relay(scripted, tmp_path_factory):
    """Listings: a house beside a plain endpoint, and houses that refuse."""
    listings = {}
    for name, house in HOUSES.items():
        plain = f"obliging?{TEXT}&thinks={int(house.thinks not in ('', 'hidden'))}"
        own = (scripted.url, f"imitate-{name}?{TEXT}", *lines(name))
        listings[name] = [(scripted.url, plain), own]
        for why in REFUSED:
            refusing = (scripted.url, f"imitate-{name}?{why}", *lines(name))
            listings[f"{name} {why}"] = [refusing]
    data = tmp_path_factory.mktemp("imitations")
    extra = "parameters = ['max_tokens', 'tools']"
    relay = Relay(data, listings, SETTINGS, listing_extra=extra).start()
    yield relay
    relay.close()


def slug_of(relay: Relay, listing: str) -> str:
    return f"stealth/listing-{list(relay.listings).index(listing)}"


def tells(reply: Reply, relay: Relay, listing: str) -> bytes:
    """Two names are of unlike lengths."""
    said = shown(reply).replace(slug_of(relay, listing).encode(), b"slug")
    return b"\n".join(line for line in said.split(b"\n") if not line.startswith(b"content-length"))


@pytest.mark.parametrize("stream", [False, True], ids=["whole", "streamed"])
@everyone
def test_it_answers_like_any_other(relay, name, stream):
    sessions = [session_of(relay, slug_of(relay, name), at) for at in (0, 1)]
    for what, fields in ASKED.items():
        replies = [
            relay.chat(name, stream=stream, session_id=session, **fields) for session in sessions
        ]
        assert [reply.status for reply in replies] == [200, 200], replies[1].raw
        assert shown(replies[0]) == shown(replies[1]), what
        assert [attempts(relay, reply.id)[0][0] for reply in replies] == [0, 1]


@pytest.mark.parametrize("why", REFUSED)
def test_they_refuse_alike(relay, why):
    told = {tells(relay.chat(f"{name} {why}"), relay, f"{name} {why}") for name in HOUSES}
    assert len(told) == 1, told
    [one] = told
    assert (b" 400 " in one) == (why == "context=1")
