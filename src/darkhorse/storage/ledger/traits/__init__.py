"""What generations were about and how they went: rows and tallies, described once from frames."""

__all__: list[str] = []
