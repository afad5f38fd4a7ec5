"""What people ask of a launch, how it answers, where it breaks: read off the record. Pure."""
