"""How well and how fast résumés are read: invented people in many layouts, read as in production, compared with what was put in.

`python -m benchmarks.resumes` prints a table per field and per layout. The people, employers, titles and skills come from
word lists of their own and from Faker, not from the parser's lists.
"""
