"""Screening: what a job asks of people (criteria.py), and how applications meet it, with the evidence (judging.py).

    judging.judged(application)      each criterion with its verdict, evidence, place, and who corrected it
    judging.summary(application)     how many are met, of how many
    judging.standings(ids)           both for many applications, in three queries

Words on paper decide nothing about a person: no verdict rejects, hides or sorts anybody by itself (invariant 5).
"""
