"""Parts of bench/unmask.py."""
