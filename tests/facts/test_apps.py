"""Which app a request says it is from: bounded and clean, whatever a stranger writes."""

import unicodedata

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from darkhorse.storage.apps import app_of


@pytest.mark.parametrize(
    ("url", "title", "slug", "name"),
    [
        ("https://kilo.example/x?y#z", "Kilo Code", "kilo.example", "Kilo Code"),
        ("http://WWW.Kilo.example:80", "", "kilo.example", ""),
        ("https://kilo.example.:443/", "", "kilo.example", ""),
        ("https://kilo.example:8443", "", "kilo.example:8443", ""),
        ("https://name:password@kilo.example", "", "kilo.example", ""),
        ("", "  My \t App ", "my-app", "My App"),
        ("", "日本 アプリ", "日本-アプリ", "日本 アプリ"),
        ("http://localhost:3000", "My App", "my-app", "My App"),
        ("http://box.local/", "My App", "my-app", "My App"),
        ("http://192.0.2.1/", "My App", "my-app", "My App"),
        ("http://[2001:db8::1]/", "My App", "my-app", "My App"),
        ("http://intranet/", "My App", "my-app", "My App"),
        ("javascript:alert(1)", "My App", "my-app", "My App"),
        ("https://kilo.example:99999", "My App", "my-app", "My App"),
        ("https://[", "\u202eMy\x00 \x1bApp\u200b", "my-app", "My App"),
    ],
)
def test_a_host_or_else_a_title(url, title, slug, name):
    app = app_of(url, title)
    assert (app.slug, app.name) == (slug, name)


@pytest.mark.parametrize("url", ["", "http://localhost:3000", "http://10.0.0.1", "not a url"])
@pytest.mark.parametrize("title", ["", "  ", "!!!", "\u202e\x00"])
def test_who_says_neither_is_nobody(url, title):
    assert app_of(url, title) is None


def test_an_id_follows_from_the_slug():
    one, other = app_of("https://app.example/a", "A"), app_of("http://app.example/b", "B")
    assert one.id == other.id != app_of("https://app.example:81", "A").id
    assert app_of("", "My App").id == app_of("", "my  APP").id


@given(url=st.text(max_size=600), title=st.text(max_size=600))
@example(url="https://" + "a." * 250 + "example", title="x" * 600)
@example(url="https://" + "a-" * 50 + "!.example", title="\U0001f600" * 99)
def test_whatever_is_written_is_bounded_and_on_one_line(url, title):
    app = app_of(url, title)
    if app is None:
        return
    assert 0 < app.id < 2**53
    assert 0 < len(app.slug) <= 110
    assert len(app.name) <= 80
    kinds = {unicodedata.category(character) for character in app.name + app.slug}
    assert not kinds & {"Cc", "Cf", "Cs", "Zl", "Zp"}
    assert app.name == " ".join(app.name.split())
