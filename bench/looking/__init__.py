"""What `untrained.py` is made of."""
