"""Starts the processes of one Darkhorse, watches them, drains them."""
