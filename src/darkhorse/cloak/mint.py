"""The only maker of PublicChunks, claimed here so that nobody else can."""

from darkhorse.wire.chunks import claim_mint

__all__ = ["mint"]

mint = claim_mint()
