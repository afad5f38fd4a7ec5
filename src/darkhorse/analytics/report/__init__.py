"""The launch report: what a launch was for, answered from its record."""
