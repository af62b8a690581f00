"""Applications as a table: its columns, what it shows in which order, its views, and its files."""
