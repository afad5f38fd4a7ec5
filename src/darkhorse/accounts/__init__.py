"""Who may ask, and for how much: keys and limits."""
