"""The desk's readers over any span, and of one generation whole."""
