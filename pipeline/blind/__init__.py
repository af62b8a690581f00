"""Blind review: names, contacts, schools, ages and links stay hidden until a stage of the job's choosing.

`whom.py` says who is hidden from whom and what they are called, and tells hiring/masks.py; `setting.py` switches it on and
off and lifts it for one person, for a reason; `redacting.py` takes out of texts what must not be known.
"""
