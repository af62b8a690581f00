"""The talent community: people who found no job for themselves and ask to be kept in mind, each for as long as they agreed to."""
