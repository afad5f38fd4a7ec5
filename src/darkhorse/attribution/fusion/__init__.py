"""Everything signals say, weighed together: a posterior, and how much of it may be said."""
