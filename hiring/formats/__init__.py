"""How dates and times read, in pages and in the administration alike."""
