"""The public pages: made on the server, with nothing on them that the public may not know."""
