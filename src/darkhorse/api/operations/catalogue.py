"""What is listed here: models, their endpoints, who provides them. Anyone may know it."""

from collections.abc import Callable

from msgspec import Struct
from starlette.responses import Response

from darkhorse.api.asgi import header
from darkhorse.api.operation import Ask, Operation
from darkhorse.base.address import base_url
from darkhorse.base.clock import Clock
from darkhorse.base.errors import ModelDeprecated, UnknownModel, UnknownRoute
from darkhorse.catalog.cards import EndpointCard, EndpointsPage, ModelCard, ModelsPage
from darkhorse.catalog.catalogue import Catalogue
from darkhorse.catalog.feed import rss
from darkhorse.catalog.launch import PublicLaunch
from darkhorse.catalog.public import endpoints_page, model_card
from darkhorse.catalog.search import CountQuery, ModelsQuery, PageQuery, found, page

__all__ = ["catalogue_operations"]

_RSS = "application/rss+xml"


class ModelAnswer(Struct, frozen=True):
    """One listing."""

    data: ModelCard


class Count(Struct, frozen=True):
    """How many there are."""

    count: int


class CountAnswer(Struct, frozen=True):
    """How many pass the filters."""

    data: Count


class Provider(Struct, frozen=True, kw_only=True):
    """Whoever is behind a listing, this is all that is said of them."""

    name: str = "Stealth"
    slug: str = "stealth"
    privacy_policy_url: str | None = None
    terms_of_service_url: str | None = None
    status_page_url: str | None = None
    headquarters: str | None = None
    datacenters: tuple[str, ...] | None = None


class ProvidersAnswer(Struct, frozen=True):
    """The one provider that the public sees."""

    data: tuple[Provider, ...]


class EndpointsAnswer(Struct, frozen=True):
    """Endpoints without the models they belong to."""

    data: tuple[EndpointCard, ...]


def catalogue_operations(
    catalogue: Callable[[], Catalogue], clock: Clock, fallback_host: str
) -> list[Operation]:
    """`fallback_host` (`host:port`) stands in for a Host header that is not one."""
    shelf = _Shelf(catalogue, clock, fallback_host)
    return [*_lists(shelf), *_single_models(shelf), *_providers()]


class _Shelf:
    """The handlers."""

    def __init__(
        self, catalogue: Callable[[], Catalogue], clock: Clock, fallback_host: str
    ) -> None:
        self._catalogue = catalogue
        self._clock = clock
        self._fallback_host = fallback_host

    async def models(self, ask: Ask) -> ModelsPage | Response:
        chosen = page(self._found(ask.query), ask.query)
        return self._feed(ask, chosen) if ask.query.use_rss == "true" else chosen

    async def users_models(self, ask: Ask) -> ModelsPage:
        """The same for every key: nothing is hidden from one."""
        return page(self._all(), ask.query, "/api/v1/models/user")

    async def embedding_models(self, ask: Ask) -> ModelsPage:
        wanted = CountQuery(output_modalities="embeddings")
        return page(self._found(wanted), ask.query, "/api/v1/embeddings/models")

    async def count(self, ask: Ask) -> CountAnswer:
        return CountAnswer(Count(len(self._found(ask.query))))

    async def model(self, ask: Ask) -> ModelAnswer:
        return ModelAnswer(await self.card(ask))

    async def card(self, ask: Ask) -> ModelCard:
        now_us = self._clock.now_us()
        name = _name(ask)
        try:
            launch = self._catalogue().find(name, now_us)
        except UnknownModel:
            raise _nothing(name) from None
        except ModelDeprecated as e:
            e.requested = name
            raise
        return model_card(launch.public(), now_us)

    async def endpoints(self, ask: Ask) -> EndpointsPage:
        return endpoints_page(self._seen(_name(ask)), self._clock.now_us())

    def _seen(self, name: str) -> PublicLaunch:
        try:
            return self._catalogue().seen(name)
        except UnknownModel:
            raise _nothing(name) from None

    def _all(self) -> list[ModelCard]:
        now_us = self._clock.now_us()
        return [model_card(launch, now_us) for launch in self._catalogue().live(now_us)]

    def _found(self, query: CountQuery) -> list[ModelCard]:
        return found(self._all(), query, self._clock.now_us())

    def _feed(self, ask: Ask, chosen: ModelsPage) -> Response:
        host, proto = header(ask.scope, b"host"), header(ask.scope, b"x-forwarded-proto")
        feed = rss(chosen.data, base_url(host, proto, self._fallback_host))
        return Response(feed, media_type=f"{_RSS}; charset=utf-8")


def _lists(shelf: _Shelf) -> list[Operation]:
    return [
        Operation(
            id="getModels",
            method="GET",
            path="/models",
            summary="List what is live",
            tag="Models",
            access="open",
            query=ModelsQuery,
            answer=ModelsPage,
            media=("application/json", _RSS),
            handler=shelf.models,
        ),
        Operation(
            id="listModelsCount",
            method="GET",
            path="/models/count",
            summary="Count what is live",
            tag="Models",
            access="open",
            query=CountQuery,
            answer=CountAnswer,
            handler=shelf.count,
        ),
        Operation(
            id="listModelsUser",
            method="GET",
            path="/models/user",
            summary="List what this key may use: all of it",
            tag="Models",
            query=PageQuery,
            answer=ModelsPage,
            handler=shelf.users_models,
        ),
        Operation(
            id="listEmbeddingsModels",
            method="GET",
            path="/embeddings/models",
            summary="List what makes embeddings",
            tag="Embeddings",
            access="open",
            query=PageQuery,
            answer=ModelsPage,
            handler=shelf.embedding_models,
        ),
    ]


def _single_models(shelf: _Shelf) -> list[Operation]:
    return [
        Operation(
            id="getModel",
            method="GET",
            path="/model/{author}/{slug}",
            summary="Show one listing",
            tag="Models",
            access="open",
            answer=ModelAnswer,
            errors=(UnknownRoute, ModelDeprecated),
            handler=shelf.model,
        ),
        Operation(
            id="retrieveModel",
            method="GET",
            path="/models/{author}/{slug}",
            summary="Show one listing, where OpenAI's clients look",
            tag="Models",
            access="open",
            answer=ModelCard,
            errors=(UnknownRoute, ModelDeprecated),
            handler=shelf.card,
        ),
        Operation(
            id="retrieveModelByAlias",
            method="GET",
            path="/models/{name}",
            summary="Show one listing by an alias of one word",
            tag="Models",
            access="open",
            answer=ModelCard,
            errors=(UnknownRoute, ModelDeprecated),
            handler=shelf.card,
        ),
        Operation(
            id="listEndpoints",
            method="GET",
            path="/models/{author}/{slug}/endpoints",
            summary="Show the endpoint of a listing; none once it has ended",
            tag="Endpoints",
            access="open",
            answer=EndpointsPage,
            errors=(UnknownRoute,),
            handler=shelf.endpoints,
        ),
    ]


def _providers() -> list[Operation]:
    return [
        Operation(
            id="listEndpointsZdr",
            method="GET",
            path="/endpoints/zdr",
            summary="List endpoints that keep nothing: none, every listing is logged",
            tag="Endpoints",
            access="open",
            answer=EndpointsAnswer,
            handler=_no_endpoints,
        ),
        Operation(
            id="listProviders",
            method="GET",
            path="/providers",
            summary="List providers: one, whoever it is",
            tag="Providers",
            access="open",
            answer=ProvidersAnswer,
            handler=_one_provider,
        ),
    ]


async def _no_endpoints(_: Ask) -> EndpointsAnswer:
    return EndpointsAnswer(())


async def _one_provider(_: Ask) -> ProvidersAnswer:
    return ProvidersAnswer((Provider(),))


def _name(ask: Ask) -> str:
    return "/".join(ask.params.values())


def _nothing(name: str) -> UnknownRoute:
    return UnknownRoute(f"No model `{name[:100]}` is listed here.")
