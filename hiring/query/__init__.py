"""One boolean grammar everywhere: search box, segments, pools, bulk actions, exports.

    ("data engineer" OR analytics) AND skill:python near:Berlin contacted:>90d -stage:offer source:referral

`parse(text)` gives a tree whose parts know where they stand, or raises QueryError with the place of the mistake; `format(tree)`
writes it back; `people(user, text)` are those `user` may see. What fields there are is in hiring/query/fields.py.
"""

from hiring.query import edits
from hiring.query.errors import QueryError
from hiring.query.fields import Field, OnSearch, Suggestion, register
from hiring.query.grammar import format, parse
from hiring.query.matching import Expected, Match, match, people

__all__ = [
    "Expected",
    "Field",
    "Match",
    "OnSearch",
    "QueryError",
    "Suggestion",
    "edits",
    "format",
    "match",
    "parse",
    "people",
    "register",
]
