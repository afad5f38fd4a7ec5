"""The desk as a part of the house: a link at the first start, and nothing else leans on it."""

import socket
from pathlib import Path

from darkhorse.base.settings import DeskSettings
from darkhorse.supervise.up import Options, _desk_listener

from .stage import until

SERVING = {"relay": "serve", "keeper": "serve", "pages": "serve"}
WITH_DESK = {**SERVING, "desk": "serve"}


def test_the_first_start_prints_a_link_and_later_ones_its_address(house):
    process = house.serve(WITH_DESK)
    assert str(house.card["desk_link"]).startswith(f"{house.card['desk']}/enter?token=")
    assert house.events()[-1] != "desk down"
    assert house.stop(process) == 0
    assert house.events()[-4:] == ["relay down", "keeper down", "pages down", "desk down"]
    house.stop(house.serve(WITH_DESK))
    assert "desk" in house.card
    assert "desk_link" not in house.card


def test_a_desk_that_cannot_start_keeps_nobody_from_serving(house):
    process = house.serve({**SERVING, "desk": "refuse"})
    assert house.card["url"]
    until(lambda: "desk stopped (The tea is cold; boil more.)" in house.stderr(), "why it fell")
    assert house.stop(process) == 0


def test_a_port_that_is_taken_is_told_and_the_rest_serves(house):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = str(taken.getsockname()[1])
        process = house.serve(WITH_DESK, "--desk-port", port)
    assert "desk" not in house.card
    assert f"There is no desk: Port {port} on 127.0.0.1 is in use." in house.stderr()
    assert "--desk-port" in house.stderr()
    assert house.stop(process) == 0


def test_it_can_be_switched_off():
    assert _desk_listener(Options(data=Path()), DeskSettings(enabled=False), None, None) is None
