"""What happens by itself on explicit answers and stage events: tried before it runs, explained while it waits, undone while it can be."""
