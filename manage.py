#!/usr/bin/env python
"""Django's command line, and `manage.py up`, which runs everything."""

import os
import sys

OURS = {"hiring", "pipeline", "interviews", "offers", "sourcing", "compliance"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "hiring.settings")
    try:
        if sys.argv[1:2] in (["up"], ["load_demo"]):
            from hiring.installation import is_running, launch

            if sys.argv[1] == "up" or not (os.environ.get("DATABASE_URL") or is_running()):
                sys.exit(launch(sys.argv))
        if sys.argv[1:2] == ["parse_resume"]:
            from hiring.installation import stand_alone

            stand_alone()
        from django.core.management import execute_from_command_line

        execute_from_command_line(sys.argv)
    except ModuleNotFoundError as error:
        if error.name is None or error.name.split(".")[0] in OURS:
            raise
        sys.exit(
            f"The installation is incomplete: the Python package {error.name} is missing. Run `make run`, which installs what is missing."
        )


if __name__ == "__main__":
    main()
