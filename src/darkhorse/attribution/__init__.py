"""Who made the model behind an API: signals, what is known of makers, a verdict with its doubt."""
