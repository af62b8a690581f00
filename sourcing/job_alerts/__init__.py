"""Job alerts: a visitor leaves an address and a search, and is told of new public jobs (alerts of segments, for colleagues, are
sourcing/alerts.py)."""
