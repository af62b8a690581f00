"""How the career site looks and what it says of the organisation, as administrators set it: name, colour, pictures, words, links."""
