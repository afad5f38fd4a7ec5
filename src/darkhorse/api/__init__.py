"""The public API over ASGI: parse, use case, render."""
