"""The operator's pages: an app of its own, on a port of its own, for who holds its link."""
