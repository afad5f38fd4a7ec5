"""The desk's search, with the real index where the words are its own."""

from contextlib import closing

import pytest
from insight_kit import PONY, Scene, launch
from pages_kit import words

from darkhorse.storage.finding import Findings
from darkhorse.storage.ledger.layout import Layout
from darkhorse.storage.ledger.search.index import SearchIndex
from darkhorse.wiring.desk_readers import FreshFinder


@pytest.fixture
def scene(tmp_path):
    scene = Scene(tmp_path, launch())
    yield scene
    scene.close()


@pytest.mark.parametrize("asked", ["--", "?!", "%E2%80%94"])
def test_signs_without_a_word_are_told_where_results_would_stand(scene, tmp_path, asked):
    (tmp_path / "other").mkdir()
    with closing(SearchIndex(Layout(tmp_path / "other"), scene.clock)):
        pass
    real = FreshFinder(tmp_path / "other")
    scene.finder.find = real.find
    page = scene.get(f"/search?q={asked}")
    result = page.text.rpartition("</form>")[2]
    assert "there is no letter, digit or emoji to look for" in result
    assert 'role="alert"' in result
    assert "Nothing was found" not in result


def test_nothing_found_in_a_part_leads_to_the_whole(scene):
    page = scene.get(f"/search?q=horse&launch={PONY}&span=1h")
    assert "Nothing was found here" in words(page.text)
    assert 'href="/search?span=all&amp;q=horse"' in page.text
    whole = words(scene.get("/search?q=horse&span=all").text)
    assert "Nothing was found. Look for fewer words." in whole
    assert "may be more" not in whole


def test_nothing_found_of_too_much_says_so(scene):
    scene.finder.find = lambda *_, **__: Findings([], complete=False)
    assert "There may be more than was looked through." in words(scene.get("/search?q=a").text)


def test_blanks_are_no_question(scene):
    page = words(scene.get("/search?q=%20%20").text)
    assert scene.finder.asked == []
    assert "Nothing was found" not in page
