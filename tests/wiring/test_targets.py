"""Where commands ask an endpoint, and what a running server leaves for them."""

import pytest

from darkhorse.base.errors import ConfigError
from darkhorse.catalog.endpoint import EMBEDDED, Endpoint
from darkhorse.wiring.targets import (
    MODEL_FACTS,
    SERVER_FACTS,
    note_model,
    note_server,
    server_url,
    target_of,
)

OWN = Endpoint(name="own", url=EMBEDDED)


def test_an_endpoint_elsewhere_needs_no_server(tmp_path, monkeypatch):
    monkeypatch.setenv("EAST_KEY", "sk-east")
    east = Endpoint(name="east", url="http://127.0.0.1:1/v1", key_env="EAST_KEY")
    target = target_of(east, tmp_path)
    assert (target.url, target.key.reveal()) == ("http://127.0.0.1:1/v1", "sk-east")
    assert list(tmp_path.iterdir()) == []


def test_the_embedded_model_is_asked_where_its_server_said(tmp_path):
    note_model(tmp_path, "http://127.0.0.1:2/v1", "k")
    target = target_of(OWN, tmp_path)
    assert (target.name, target.url, target.key.reveal()) == ("own", "http://127.0.0.1:2/v1", "k")
    note_model(tmp_path, "http://127.0.0.1:3/v1", "l")  # started again
    assert target_of(OWN, tmp_path).url == "http://127.0.0.1:3/v1"


def test_a_servers_own_address_is_another(tmp_path):
    assert server_url(tmp_path) == ""
    note_model(tmp_path, "http://127.0.0.1:2/v1", "k")
    assert server_url(tmp_path) == ""
    note_server(tmp_path, "http://127.0.0.1:8000", {})
    assert server_url(tmp_path) == "http://127.0.0.1:8000"
    assert target_of(OWN, tmp_path).url == "http://127.0.0.1:2/v1"


def test_what_is_left_is_the_owners_alone(tmp_path):
    note_model(tmp_path, "http://127.0.0.1:2/v1", "k")
    note_server(tmp_path, "http://127.0.0.1:8000", {})
    for path in (tmp_path / MODEL_FACTS, tmp_path / SERVER_FACTS):
        assert path.stat().st_mode & 0o777 == 0o600
        assert path.parent.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("content", [None, b"", b"{", b'{"key": "k"}'])
def test_without_a_server_it_is_one_sentence(tmp_path, content):
    if content is not None:
        (tmp_path / "run").mkdir()
        for name in (MODEL_FACTS, SERVER_FACTS):
            (tmp_path / name).write_bytes(content)
    with pytest.raises(ConfigError, match=r"^Endpoint own: the embedded model only answers while"):
        target_of(OWN, tmp_path)
    assert server_url(tmp_path) == ""
