"""Facts of older generations: a Delta table that any engine reads, written exactly once."""
