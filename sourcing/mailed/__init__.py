"""Résumés that come by mail, to an address of their own: from the person, or forwarded by a colleague."""
