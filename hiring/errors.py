"""What a verb says when a rule says no."""


class Refused(Exception):
    """A rule says no. The text is a sentence for the person, shown as it is (409 for a swap, a message on a page)."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class LinkGone(Refused):
    """A personal link that is forged, spent, too old or taken back: one page and one sentence for all of them (SEC-11)."""


class CannotStart(Exception):
    """Throughline cannot run here as things are. The text is one sentence with the remedy, printed as it is before leaving."""
