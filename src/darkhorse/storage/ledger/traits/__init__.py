"""What generations were about and how they went: rows and tallies, described once from frames."""
