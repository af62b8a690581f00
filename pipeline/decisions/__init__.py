"""Decision records (AI-2): what was decided on an application, by whom or by what, and what was known at that moment.

`grounds.py` says what a verb is told about its decision, `judged.py` what the criteria came to, `recording.py` writes the rows
inside the verbs of pipeline/moves.py and pipeline/rejection.py, `words.py` reads them out.
"""
