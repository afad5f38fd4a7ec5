"""The public pages; their own process, their own projection."""
