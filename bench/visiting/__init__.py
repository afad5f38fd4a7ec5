"""What `bench/web.py` is made of: a month of traffic, the processes that show it, and a visitor."""
