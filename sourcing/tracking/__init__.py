"""Tracking links: a short address for an advert, a poster or a mail, so that what it brought can be counted without watching anybody."""
