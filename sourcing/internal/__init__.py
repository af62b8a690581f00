"""Jobs as colleagues see them: those the public reads, and those meant for them alone or for them first."""
