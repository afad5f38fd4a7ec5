"""What happened: the journal, and the facts folded from it."""
