"""An endpoint's key: from where it was said, or one sentence that says where it is missing."""

import pytest

from darkhorse.base.errors import ConfigError
from darkhorse.catalog.endpoint import EMBEDDED, Endpoint, Private, Quirks

URL = "http://127.0.0.1:1/v1"


def endpoint(**fields):
    return Endpoint(**{"name": "east", "url": URL, **fields})


def test_without_a_key_it_is_empty():
    assert endpoint().key().reveal() == ""


def test_a_key_from_the_environment(monkeypatch):
    monkeypatch.setenv("EAST_KEY", " sk-east\n")
    assert endpoint(key_env="EAST_KEY").key().reveal() == "sk-east"
    for value in ("", "  "):
        monkeypatch.setenv("EAST_KEY", value)
        with pytest.raises(ConfigError, match=r"^Endpoint east: set EAST_KEY to its key\.$"):
            endpoint(key_env="EAST_KEY").key()
    monkeypatch.delenv("EAST_KEY")
    with pytest.raises(ConfigError, match="set EAST_KEY"):
        endpoint(key_env="EAST_KEY").key()


def test_a_key_from_a_file(tmp_path):
    file = tmp_path / "key"
    file.write_text("sk-east\n")
    assert endpoint(key_file=str(file)).key().reveal() == "sk-east"
    file.write_bytes(b"\xff\xfe")
    for path in (file, tmp_path, tmp_path / "none"):
        with pytest.raises(ConfigError, match=r"^Endpoint east: key file cannot be read \("):
            endpoint(key_file=str(path)).key()


def test_a_key_has_one_place():
    endpoint(key_env="K").check("here")
    endpoint(key_file="/k").check("here")
    with pytest.raises(ConfigError, match=r"^here\.key_file: give key_env or key_file, not both"):
        endpoint(key_env="K", key_file="/k").check("here")


@pytest.mark.parametrize("url", ["http://", "https:///v1", "http:/x/v1", "", "embedded ", "//x"])
def test_a_url_that_is_none(url):
    with pytest.raises(ConfigError, match=r"^here\.url: `.*` is no URL; begin it with http://"):
        endpoint(url=url).check("here")


@pytest.mark.parametrize(
    "quirks", [Quirks(prefill="continue"), Quirks(schemas="gbnf"), Quirks(tools="schema")]
)
def test_what_only_chat_completions_have(quirks):
    endpoint(quirks=quirks).check("here")
    with pytest.raises(ConfigError, match=r"^here\.quirks\.\w+: `\w+` needs dialect = \"chat\""):
        endpoint(quirks=quirks, dialect="messages").check("here")


def test_the_embedded_model_needs_no_url():
    endpoint(url=EMBEDDED).check("here")
    assert Private(
        maker="M", model="m", endpoint=(endpoint(), endpoint(url="embedded"))
    ).is_embedded
    assert not Private(maker="M", model="m", endpoint=(endpoint(),)).is_embedded


def test_one_with_extra_fields_can_be_a_key_of_a_table():
    one, other = (endpoint(quirks=Quirks(extra={"a": value})) for value in (1, 2))
    assert {one: "one", other: "other"}[endpoint(quirks=Quirks(extra={"a": 1}))] == "one"
    assert endpoint().weight == 1
