"""What is true now: keys, in a small SQL database that is migrated by numbers."""
