#!/usr/bin/env python3
"""Django's command line; starts the embedded PostgreSQL and Redis when no others are configured."""

import os
import sys

from config import embedded

# What computes from files alone starts no servers and needs none.
WITHOUT_SERVERS = {"assess_table", "check_scheme", "run_verify"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
    try:
        if not WITHOUT_SERVERS.intersection(sys.argv[1:2]):
            embedded.ensure()
    except embedded.EmbeddedError as error:
        sys.exit(str(error))
    from django.core.management import execute_from_command_line

    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
