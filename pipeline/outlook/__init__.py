"""How a job is doing: its funnel, who stands without a next step, and when it may be filled. Every number names its rows."""
