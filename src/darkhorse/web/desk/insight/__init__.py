"""What the desk sees: the day, the traffic, what people ask, where it breaks, what they wrote."""
