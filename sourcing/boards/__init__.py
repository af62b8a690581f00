"""Distribution: the feeds job boards and readers fetch, what each would refuse, and who fetched them."""
