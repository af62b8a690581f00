"""The demonstration company: plainly fictional, made by calling the verbs with a set clock, so that history, audit and reports agree."""
