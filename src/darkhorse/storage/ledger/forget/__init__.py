"""Erasing: what belonged to a subject only leaves every place it was kept in."""
