"""One generation: admit, attempt, cloak, record."""
