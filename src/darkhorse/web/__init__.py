"""The public pages: server-rendered, no script, nothing on them that the public may not know."""
