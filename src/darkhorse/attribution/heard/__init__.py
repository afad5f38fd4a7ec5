"""What a model's words tell about it, read with an outsider's eyes."""
