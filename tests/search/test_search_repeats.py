"""What somebody wrote is found each time that it was written, not only the first."""

import json
from contextlib import closing

import pytest
from click.testing import CliRunner
from search_kit import FIRST_US, SECOND_US

from darkhorse.analytics.describing import describer
from darkhorse.cli.ledger import ledger
from darkhorse.storage.finding import Findings, Hit
from darkhorse.storage.ledger.search.repeats import TEXTS, with_repeats
from darkhorse.storage.ledger.traits.describing import Describing
from darkhorse.wiring.search import SearchDesk

PONY, MULE = "stealth/pony", "stealth/mule"
HOUR_US = 3600 * SECOND_US
LATER = FIRST_US + HOUR_US
LONG = "Tell me of the horse, " + "which goes on and on, " * 20


def described(library):
    library.catch_up()
    with closing(Describing(library.layout, library.clock, describer())) as chore:
        while chore.step():
            pass


@pytest.fixture
def found(library):
    """Ids of what is found, once all is packed, indexed and described."""

    def find(words, **more):
        with closing(SearchDesk(library.layout.data)) as desk:
            return [hit.generation for hit in desk.find(words, **more).hits]

    return find


@pytest.mark.parametrize("text", ["A day for the horse?\n\n  Please.", LONG])
def test_a_text_is_found_in_each_launch_and_time(library, found, text):
    library.say(text)
    library.say(text, listing=MULE)
    library.say("something else", listing=MULE)
    library.say(text, at_us=LATER)
    library.say(text, key="cd" * 32, at_us=LATER + SECOND_US)
    described(library)
    assert found("horse") == ["gen-5", "gen-4", "gen-2", "gen-1"]
    assert found("horse", listing=MULE) == ["gen-2"]
    assert found("horse", since_us=LATER) == ["gen-5", "gen-4"]
    assert found("horse", until_us=LATER) == ["gen-2", "gen-1"]
    assert found("horse", limit=2) == ["gen-5", "gen-4"]
    assert found("horse", limit=2, until_us=LATER) == ["gen-2", "gen-1"]  # the next page
    assert found("mule") == []


def test_what_only_begins_alike_or_stood_before_it_is_not_the_same(library, found):
    said = [
        {"role": "user", "content": "a horse"},
        {"role": "assistant", "content": "yes"},
        {"role": "user", "content": "and a mule"},
    ]
    library.say({"model": "m", "messages": said})
    library.say("and a mule", listing=MULE)
    library.say(LONG + "at last a zebra")
    library.say(LONG, listing=MULE)
    described(library)
    assert found('"a horse"') == ["gen-1"]
    assert found("zebra") == ["gen-3"]
    assert found("mule", listing=MULE) == ["gen-2"]


def test_too_many_texts_are_told_of():
    hits = [Hit(f"gen-{number}", number, PONY, "horse") for number in range(TEXTS)]
    found = Findings(hits[:2])
    assert not with_repeats("horse", found, Findings(hits), [], 5).complete
    assert with_repeats("horse", found, Findings(hits[1:]), [], 5).complete
    assert not with_repeats("horse", found, Findings(hits[1:], complete=False), [], 5).complete


def test_before_it_is_described_the_first_is_found(library, found):
    library.say("a horse")
    library.say("a horse", listing=MULE)
    library.catch_up()
    assert found("horse") == ["gen-1"]


def test_the_command_finds_it_in_the_second_launch(library):
    library.say("a horse")
    library.say("a horse", listing=MULE)
    described(library)
    asked = ["search", "--data", str(library.layout.data), "--json", "--listing", MULE, "horse"]
    (hit,) = json.loads(CliRunner().invoke(ledger, asked).stdout)["hits"]
    assert (hit["generation"], hit["snippet"]) == ("gen-2", "a horse")
