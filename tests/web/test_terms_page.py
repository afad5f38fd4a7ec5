"""What is logged, by each listing's own words, and how it is erased."""

from pages_kit import Outline, Site, get, listing, live, over, words

KEPT = listing(
    slug="stealth/mule-beta",
    title="Mule Beta",
    aliases=(),
    disclosure="Kept by a lab.",
    training=False,
    retention_days=30,
    terms="https://example.org/terms",
    abuse_contact="abuse@example.org",
)


def test_each_live_listing_says_what_it_promises():
    page = Outline(
        get("/terms", launches=(live(KEPT), live(), over(live(listing(slug="a/b"))))).text
    )
    text = words(page)
    assert (
        "Mule Beta Kept by a lab. It is not used for training. It is erased after 30 days." in text
    )
    assert "Kept for 30 days, then erased Training Not used for training" in text
    assert "Pony Alpha Every prompt and completion" in text
    assert "Kept for No limit is promised Training As the text above says" in text
    assert {"https://example.org/terms", "mailto:abuse@example.org", "/report"} <= set(page.links)
    assert "/a/b" not in page.links
    assert text.count("abuse@example.org") == 2  # once with the listing, once as contact


def test_it_says_how_to_have_something_erased():
    text = words(get("/terms").text)
    assert "How to have it erased Ask whoever runs this server" in text


def test_without_a_listing_it_still_says_what_holds_for_all():
    text = words(get("/terms", launches=()).text)
    assert "No model is live just now." in text
    assert "a keyed hash is kept" in text


def test_launches_that_cannot_be_read_are_said_to_be_unknown():
    site = Site()
    site.launches.fails = True
    answer = site.get("/terms")
    assert answer.status == 200
    assert "cannot be read just now" in words(answer.text)


def test_listings_that_say_the_same_stand_together():
    same = [live(listing(slug=f"a/no-{n}", title=f"No {n}", aliases=())) for n in (1, 2)]
    page = Outline(get("/terms", launches=(same[0], live(KEPT), same[1])).text)
    text = words(page)
    assert "No 1, No 2 Every prompt and completion" in text
    assert text.count("Prompts are not moderated") == 2
    assert {"/a/no-1", "/a/no-2", "/stealth/mule-beta"} <= set(page.links)


def test_it_says_how_tokens_are_counted_and_where_a_key_is_taken():
    page = Outline(get("/terms").text)
    text = words(page)
    assert "UTF-8 bytes of text divided by four, rounded up, and four for each message" in text
    assert "in the playground or at My activity" in text
    assert {"/playground", "/activity"} <= set(page.links)
