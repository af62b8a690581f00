"""The pages on which the taxonomy of sources is kept (hiring/sources.py has its verbs)."""
