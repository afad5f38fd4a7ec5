"""How an answer is written: features, and a classifier of them; no numpy."""
