"""Use cases on launches: their file, their moves, what is checked before they go live."""
