"""Referrals: a colleague names somebody we should talk to, and learns in coarse words what became of it."""
