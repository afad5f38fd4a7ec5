"""A client that sees every byte of an answer."""
