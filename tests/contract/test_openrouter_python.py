"""OpenRouter's own Python SDK, unmodified, on every route of ours that it knows."""

import pytest
from contract_kit import APP, CONVERSATIONS, DAYS, LISTING
from openrouter import OpenRouter, errors, operations

from darkhorse.base.errors import Unauthorized

pytestmark = pytest.mark.filterwarnings(
    "ignore:warning. .. DEPRECATED:DeprecationWarning"  # a field that it demands all the same
)


@pytest.fixture
def client(house):
    with OpenRouter(api_key=house.relay.key, server_url=house.base) as client:
        yield client


@pytest.fixture
def manager(house):
    with OpenRouter(api_key=house.relay.management_key, server_url=house.base) as client:
        yield client


def test_models(client, house):
    found = client.models.list(sort="newest", supported_parameters="temperature").result
    assert LISTING in [each.id for each in found.data]
    assert client.models.count().data.count == 2
    own = operations.ListModelsUserSecurity(bearer=house.relay.key)
    assert len(client.models.list_for_user(security=own).result.data) == 2
    author, _, slug = LISTING.partition("/")
    assert client.models.get(author=author, slug=slug).data.id == LISTING


def test_endpoints_and_providers(client):
    author, _, slug = LISTING.partition("/")
    (endpoint,) = client.endpoints.list(author=author, slug=slug).data.endpoints
    assert (endpoint.provider_name, endpoint.tag) == ("Stealth", "stealth")
    assert client.endpoints.list_zdr_endpoints().data == []
    assert [each.slug for each in client.providers.list().data] == ["stealth"]
    assert client.embeddings.list_models().result.data == []


def test_a_generation(client, house):
    found = client.generations.get_generation(id=house.generation).data
    assert (found.id, found.model, found.provider_name) == (house.generation, LISTING, "Stealth")
    assert found.upstream_id is None
    assert found.provider_responses is None
    content = client.generations.list_generation_content(id=house.generation).data
    assert content.output.completion
    assert content.error is None


def test_somebody_elses_generation_is_none(house, manager):
    with pytest.raises(errors.NotFoundResponseError):
        manager.generations.list_generation_content(id=house.generation)


def test_the_calling_key(client, manager):
    assert not client.api_keys.get_current_key_metadata().data.is_management_key
    assert manager.api_keys.get_current_key_metadata().data.is_management_key


def test_keys(client, manager, house):
    made = manager.api_keys.create(name="from the SDK", limit=2)
    with OpenRouter(api_key=made.key, server_url=house.base) as newcomer:
        assert newcomer.api_keys.get_current_key_metadata().data.label == "from the SDK"
        manager.api_keys.update(hash=made.data.hash, disabled=True)
        with pytest.raises(errors.UnauthorizedResponseError):
            newcomer.api_keys.get_current_key_metadata()
    assert manager.api_keys.get(hash=made.data.hash).data.disabled
    listed = manager.api_keys.list(include_disabled="true").data
    assert made.data.hash in [each.hash for each in listed]
    assert made.data.hash not in [each.hash for each in manager.api_keys.list().data]
    manager.api_keys.delete(hash=made.data.hash)
    with pytest.raises(errors.NotFoundResponseError):
        manager.api_keys.get(hash=made.data.hash)


def test_management_wants_a_management_key(client, house):
    with pytest.raises(errors.ForbiddenResponseError):
        client.credits.get_credits()
    nobody = OpenRouter(api_key="sk-nobody", server_url=house.base)
    with nobody, pytest.raises(errors.UnauthorizedResponseError) as caught:
        nobody.api_keys.get_current_key_metadata()
    assert Unauthorized.default_message in str(caught.value)


def test_what_was_used(manager):
    spent = manager.credits.get_credits().data
    assert spent.total_credits >= spent.total_usage > 0
    rows = manager.analytics.get_user_activity().data
    assert len(rows) == DAYS
    assert {(row.model, row.provider_name, row.requests) for row in rows} == {
        (LISTING, "Stealth", 2 * CONVERSATIONS)
    }


def test_datasets(client):
    ranked = client.datasets.get_rankings_daily().data
    assert {(row.model_permaslug, row.total_tokens) for row in ranked} == {
        (LISTING, str(30 * 2 * CONVERSATIONS))
    }
    (app,) = client.datasets.get_app_rankings().result.data
    assert (app.rank, app.app_name) == (1, APP["app_title"])
    (cell,) = client.datasets.get_session_cost().result.data
    assert (cell.model_permaslug, cell.turn_range) == (LISTING, "2-9-turns")
    assert cell.median_session_cost_usd == pytest.approx(60e-6)
