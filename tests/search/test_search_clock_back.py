"""A clock that goes back hides nothing from a question with a time in it."""

from search_kit import FIRST_US, SECOND_US


def test_an_older_prompt_behind_a_newer_one_is_found_by_its_time(library):
    at = [FIRST_US + seconds * SECOND_US for seconds in (1000, 10, 2000)]
    said = []
    for number, at_us in enumerate(at):
        said.append(library.say(f"horse {number}", at_us=at_us))
        library.catch_up()  # each into the shard that is there
    middle = FIRST_US + 500 * SECOND_US
    assert library.ids("horse", until_us=middle) == [said[1]]
    assert sorted(library.ids("horse", since_us=middle)) == [said[0], said[2]]
    assert library.ids("horse", since_us=FIRST_US + 1500 * SECOND_US) == [said[2]]
