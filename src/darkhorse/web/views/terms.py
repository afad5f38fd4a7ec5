"""`/terms`: what is logged of whom, for how long, and how it is erased."""

from msgspec import Struct

from darkhorse.catalog.listing import Listing
from darkhorse.storage.figures import LEAST
from darkhorse.web.views.known import Known
from darkhorse.web.views.links import Link, links

__all__ = ["Model", "Promises", "SharedTerms", "TermsPage", "terms_page"]


class Promises(Struct, frozen=True, kw_only=True):
    """What a listing says of what is sent to it."""

    disclosure: str
    kept: str
    training: str
    moderation: str
    links: tuple[Link, ...]


class Model(Struct, frozen=True):
    """A live listing."""

    slug: str
    title: str


class SharedTerms(Struct, frozen=True, kw_only=True):
    """All live listings that say the same."""

    models: tuple[Model, ...]
    said: Promises


class TermsPage(Struct, frozen=True, kw_only=True):
    """`is_known` is false while launches have never been read."""

    live: tuple[SharedTerms, ...]
    is_known: bool
    contacts: tuple[Link, ...]
    least: int = LEAST


def terms_page(known: Known) -> TermsPage:
    live: dict[Promises, list[Model]] = {}
    for launch in known.live():
        model = Model(launch.listing.slug, launch.listing.title)
        live.setdefault(_promises(launch.listing), []).append(model)
    contacts = {
        link.text: link for said in live for link in said.links if link.name == "Abuse contact"
    }
    return TermsPage(
        live=tuple(SharedTerms(models=tuple(models), said=said) for said, models in live.items()),
        is_known=known.launches is not None,
        contacts=tuple(contacts.values()),
    )


def _promises(listing: Listing) -> Promises:
    days = listing.retention_days
    return Promises(
        disclosure=listing.told,
        kept=f"{days:,} day{'s' * (days != 1)}, then erased" if days else "No limit is promised",
        training=_TRAINING[listing.training],
        moderation="Prompts are moderated" if listing.moderated else "Prompts are not moderated",
        links=links(listing),
    )


_TRAINING = {
    True: "May be used to train models",
    False: "Not used for training",
    None: "As the text above says",
}
