"""Darkhorse: launch a model without a name, and find out who is behind one."""

__version__ = "0.1.0"
__all__ = ["__version__"]
