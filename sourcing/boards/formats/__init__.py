"""One file a format: what it is made of, what it requires, and what it refuses."""
