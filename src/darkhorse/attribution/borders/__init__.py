"""Where known vocabularies cut lines that a model is asked to repeat: integers, no tokens."""
