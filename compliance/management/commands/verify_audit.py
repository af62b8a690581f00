"""Prove the audit chain, or name the first thing that is wrong with it."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from compliance import chain


class Command(BaseCommand):
    help = "Recompute the audit chain and compare it with the published anchors. Exit code 1 when anything was tampered with."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--anchors", type=Path, help="A copy of the anchor file kept elsewhere.")

    def handle(self, *args: Any, anchors: Path | None, **options: Any) -> None:
        chain.seal()
        proof = chain.verify(anchors)
        if proof.finding:
            self.stderr.write(self.style.ERROR(proof.finding.sentence))
            raise SystemExit(1)
        self.stdout.write(
            f"The audit chain holds: {proof.entries} entries in {proof.seals} seals, {proof.unsealed} not sealed yet, "
            f"{proof.erased} with erased words."
        )
