"""What `first_day.py` is made of."""
