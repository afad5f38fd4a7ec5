"""Listings, the endpoints behind them, and what a viewer may see of either. Pure."""
