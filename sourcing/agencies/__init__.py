"""Agencies: people who present candidates to us for jobs we gave them, through a portal with sign-ins of their own.

Nobody of an agency is a colleague: they have no account, and nothing but the portal opens to them. An agency sees the jobs it
was given and the people it presented, in neutral words; whether we knew somebody, or another agency was first, it never learns.
"""
