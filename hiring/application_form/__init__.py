"""The application form of a posting: which of the usual fields it has, the questions it asks, and the versions it was published in.

`questions` knows what a question is, `standard` the usual fields, `ordering` how a list of questions changes, `building` does so for
a posting's form, `versions` publishes it, `asking` says who is asked what, and `answers` what was answered.
"""
