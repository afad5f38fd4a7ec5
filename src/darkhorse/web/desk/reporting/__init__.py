"""The launch report on the desk, and the notes that go into it."""
