"""Mail with candidates and colleagues: composed as rows, delivered by workers, received by our own listener."""
