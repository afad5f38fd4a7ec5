"""What is known of makers, as small numbers: no text of theirs, no vocabulary."""
