"""The list of makers, and a launch's own names."""

import re

from darkhorse.catalog.endpoint import Endpoint, Private
from darkhorse.catalog.makers import MAKERS, own_names


def private(**fields):
    endpoint = Endpoint(name="east", url="http://127.0.0.1:1/v1", model=fields.pop("served", ""))
    return Private(endpoint=(endpoint,), **fields)


def test_every_lab_has_names_once():
    names = [maker.name for maker in MAKERS]
    assert len(names) == len(set(names)) >= 40
    for maker in MAKERS:
        own = [maker.name, *maker.aliases, *maker.models]
        assert len(own) == len(set(own)), maker.name


def test_no_name_is_too_short_or_a_number():
    for maker in MAKERS:
        for name in (maker.name, *maker.aliases, *maker.models):
            assert name == name.strip()
            assert len(re.findall(r"[^\W_]", name)) >= 2, name
            assert re.search(r"[^\W\d_]", name), name


def test_labs_people_ask_about_are_known():
    known = {name for maker in MAKERS for name in (maker.name, *maker.aliases, *maker.models)}
    assert {"OpenAI", "Anthropic", "智谱", "月之暗面", "Яндекс", "GigaChat", "アリババ"} <= known
    assert {"Qwen", "GLM", "Kimi", "Claude", "Gemini", "Grok", "MiMo", "通义千问"} <= known


def test_a_maker_is_said_without_its_form_too():
    own = own_names(private(maker="Example AI Labs, Inc.", model="Example-5.2-Air"))
    assert own.name == "Example AI Labs, Inc."
    assert own.aliases == ("Example AI Labs", "Example AI", "Example")


def test_a_model_is_said_without_its_version_too():
    own = own_names(private(maker="Lab", model="Orion 5.2", served="lab/Orion-5.2-Air-FP8"))
    assert own.models == ("Orion 5.2", "Orion", "lab/Orion-5.2-Air-FP8", "Orion-5.2-Air-FP8")


def test_an_alias_is_a_models_or_a_makers():
    own = own_names(private(maker="Lab", model="Orion-5", aliases=("Ex5", "实验室", "OrionChat")))
    assert "实验室" in own.aliases
    assert {"Ex5", "OrionChat"} <= set(own.models)


def test_an_endpoints_plain_word_is_no_name():
    own = own_names(private(maker="Lab", model="Orion-5", served="default"))
    assert own.models == ("Orion-5", "Orion")
