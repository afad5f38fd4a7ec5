"""A long conversation is folded, so that its answer is near."""

import pytest
from insight_kit import Scene, launch
from pages_kit import HOSTILE, words


@pytest.fixture
def scene(tmp_path):
    scene = Scene(tmp_path, launch())
    yield scene
    scene.close()


def shown(scene, *said):
    """The page of one generation, and the part of it that is the request."""
    roles = ("user", "assistant")
    messages = [{"role": roles[at % 2], "content": text} for at, text in enumerate(said)]
    page = scene.get(f"/generation/{scene.put(body={'messages': messages})}").text
    return page, page.partition('id="asked"')[2].partition("</section>")[0]


def open_part(asked):
    """What is seen before anything is unfolded."""
    before, _, rest = asked.partition("<details>")
    return before, rest.rpartition("</details>")[2]


@pytest.mark.parametrize(("count", "between"), [(13, "5"), (199, "191"), (1001, "993")])
def test_of_many_messages_the_first_and_last_are_open(scene, count, between):
    page, asked = shown(scene, *(f"turn-{at}-" for at in range(count)))
    assert f"<summary>{between} messages between</summary>" in asked
    before, after = open_part(asked)
    assert [at for at in range(count) if f"turn-{at}-" in before] == [0, 1]
    assert [at for at in range(count) if f"turn-{at}-" in after] == list(range(count - 6, count))
    assert asked.count("<ol") == asked.count("</ol>") == 2
    assert asked.count("<details") == asked.count("</details>") == 1
    assert asked.count("<li") == asked.count("</li>")
    assert 'href="#answered">To the answer<' in asked
    assert 'id="answered"' in page


def test_few_messages_are_all_open(scene):
    _, asked = shown(scene, *(f"turn {at}" for at in range(12)))
    assert "<details" not in asked
    assert "To the answer" not in shown(scene, "one alone")[1]


def test_one_long_message_is_folded_behind_its_beginning(scene):
    _, asked = shown(scene, HOSTILE + "x" * 60_000 + " the end")
    summary = asked.partition("<summary>")[2].partition("</summary>")[0]
    assert summary.startswith("60,000 characters: ")
    assert len(words(summary)) < 400
    assert "<script" not in asked
    assert "<details" not in shown(scene, "x" * 7000)[1]
