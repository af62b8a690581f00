"""Bringing people in by the list or by the archive of résumés: read, mapped, checked, written set by set, and taken back as a whole.

`sniffing` and `tables` read a file, `columns` and `lines` make sense of it, `checking` says in advance what would happen,
`running` and `writing` do it, `undoing` takes it back. Each step is due work in PostgreSQL (docs/architecture.md, invariant 10).
"""
