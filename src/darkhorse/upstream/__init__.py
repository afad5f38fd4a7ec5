"""The wire to engines, and the scripted one that tests drive."""
