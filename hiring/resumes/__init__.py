"""Reading a résumé's text into a structured profile: plain Python on plain text, without database, models or network.

`profile.py` is what comes out, `parsing.py` how it is called. Every value knows where in the text it stands and how sure
we are. Nothing here executes, fetches or obeys what a text says; instructions in a résumé are words like any others.
"""
