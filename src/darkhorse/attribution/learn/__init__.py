"""Makes a library out of data. Needs `darkhorse[lab]`: nothing else here imports numpy."""
