"""A case as a page for people and a file for scripts."""
