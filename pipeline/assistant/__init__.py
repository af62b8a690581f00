"""The writing assistant: a language model behind an OpenAI-compatible endpoint, which drafts texts for people to read.

Off unless the operator names a server, and off for each job until somebody switches it on there (`switching`). `material` gathers the
little that is sent, `prompts` says what is asked, `server` speaks the protocol, `answers` takes what comes back for what it is: text of
a stranger. `drafts` are the verbs. Nothing here moves, rejects, ranks or counts anybody, and no verb that does imports it.
"""
