"""The list of jobs inside a web site of the organisation's own: in a frame that only named sites may show, or as data."""
