"""What a model is asked about itself: the texts, in several languages, and how they are drawn."""
