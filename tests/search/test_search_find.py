"""What is found, in which order, and how it is shown."""

from hypothesis import given, settings
from hypothesis import strategies as st
from search_kit import FIRST_US, SECOND_US, Library

from darkhorse.storage.ledger.search import find
from darkhorse.storage.ledger.search.query import is_met, read_query

LONG = "padding " * 100
WORDS = st.sampled_from(["ant", "bee", "bees", "cat", "大学", "北京", "👍"])
SAYINGS = st.lists(st.lists(WORDS, min_size=1, max_size=5).map(" ".join), min_size=1, max_size=25)
TERMS = st.builds(
    "{}{}".format,
    st.sampled_from(["", "", "-"]),
    st.one_of(
        WORDS,
        st.sampled_from(["be*", "学", "北", "cat*"]),
        st.lists(WORDS, min_size=2, max_size=2).map(lambda pair: f'"{" ".join(pair)}"'),
    ),
)


@settings(max_examples=25)
@given(sayings=SAYINGS, questions=st.lists(st.lists(TERMS, max_size=2), min_size=1, max_size=8))
def test_it_finds_what_reading_all_would_find(tmp_path_factory, sayings, questions):
    library = Library(tmp_path_factory.mktemp("oracle"), shard_size=4)
    first = {}
    for text in sayings:
        first.setdefault(text, library.say(text))
    library.catch_up()
    for terms in questions:
        question = " ".join(["ant", *terms])
        query = read_query(question)
        met = [generation for text, generation in first.items() if is_met(query, text)]
        assert library.ids(question, limit=100) == met[::-1]
    library.close()


def test_newest_first_as_many_as_are_wanted(library):
    said = [library.say(f"common word {number}") for number in range(30)]
    library.catch_up()
    assert library.ids("common", limit=100) == said[::-1]
    assert library.ids("common", limit=3) == said[:-4:-1]


def test_pages_of_one_shard_follow_each_other(tmp_path):
    library = Library(tmp_path, shard_size=1000)
    said = [library.say(f"common word {number}") for number in range(150)]
    library.catch_up()
    assert library.ids("common", limit=200) == said[::-1]
    library.close()


def test_by_listing_and_by_time(library):
    said = [
        library.say(f"common word {number}", listing=f"stealth/{'pony' if number % 2 else 'mule'}")
        for number in range(20)
    ]
    library.catch_up()
    assert library.ids("common", listing="stealth/mule") == said[-2::-2]
    assert library.ids("common", listing="stealth/none") == []

    def at(number):
        return FIRST_US + (number + 1) * SECOND_US

    assert library.ids("common", since_us=at(15)) == said[:14:-1]
    assert library.ids("common", until_us=at(3)) == said[2::-1]
    assert library.ids("common", since_us=at(3), until_us=at(5)) == [said[4], said[3]]
    assert library.ids("common", since_us=at(3) + 1, until_us=at(4) + 1) == [said[4]]


def test_a_clock_that_jumped_back_hides_nothing(library):
    library.say("common one", at_us=FIRST_US + 1000 * SECOND_US)
    library.say("common two", at_us=FIRST_US)
    library.catch_up()
    assert library.ids("common") == ["gen-2", "gen-1"]
    assert library.ids("common", until_us=FIRST_US + SECOND_US) == ["gen-2"]


def test_a_hit_says_who_when_where(library):
    library.say(
        {"model": "m", "messages": [{"role": "user", "content": f"{LONG} the Horse {LONG}"}]}
    )
    library.catch_up()
    (hit,) = library.search.find("horse").hits
    assert (hit.generation, hit.listing, hit.at_us) == (
        "gen-1",
        "stealth/pony",
        FIRST_US + SECOND_US,
    )
    assert "padding the Horse padding" in hit.snippet


def test_the_message_itself_is_shown_not_another_of_its_request(library):
    messages = [
        {"role": "user", "content": "old horse"},
        {"role": "assistant", "content": "yes"},
        {"role": "user", "content": "new horse"},
    ]
    library.say({"model": "m", "messages": messages[:1]})
    library.say({"model": "m", "messages": messages})
    library.catch_up()
    assert [hit.snippet for hit in library.search.find("horse").hits] == ["new horse", "old horse"]
    assert library.ids('"old horse"') == ["gen-1"]


def test_too_many_texts_to_read_are_told(library, monkeypatch):
    monkeypatch.setattr(find, "MOST_READ", 5)
    for number in range(10):
        library.say(f"bee ant {number}")
    library.say("ant bee")
    library.catch_up()
    found = library.search.find('"ant bee"')
    assert [hit.generation for hit in found.hits] == ["gen-11"]
    assert not found.complete
    assert library.search.find('"ant bee"', limit=1).complete
    assert library.search.find("ant bee").complete


def test_before_anything_is_indexed_nothing_is_found(tmp_path):
    search = find.Search(find.Layout(tmp_path))
    assert not search.state().exists
    assert search.find("word").hits == []
    library = Library(tmp_path)
    assert not library.index.step()
    assert search.state().exists
    assert search.find("word").hits == []
    library.close()
    search.close()


def test_it_says_how_far_behind_it_is(library):
    library.say("one")
    library.catch_up()
    library.say("two")
    library.pack()
    state = library.search.state()
    assert (state.behind, state.upto_us) == (2, FIRST_US + SECOND_US)
    assert library.ids("two") == []
    while library.index.step():
        pass
    assert library.search.state().behind == 0
