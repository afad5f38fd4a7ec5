"""Keys, limits, health, and what people reported."""
