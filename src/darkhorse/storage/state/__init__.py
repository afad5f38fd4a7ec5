"""What is true now, in SQL."""
