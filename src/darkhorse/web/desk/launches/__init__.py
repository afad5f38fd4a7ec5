"""Launches as the operator sees and moves them."""
