"""Pages as values, made of what was read: pure, and without HTTP."""
