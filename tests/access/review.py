"""
Shows what comes otherwise than agreed, and writes it down for review: ``python -m tests.access.review``.

Read each new line of ``matrix.toml`` against RULES 5 before it is committed. Never run where code is checked.
"""

import logging
import os
import sys


def main() -> int:
    """Walk, print the differences, write the file."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
    import django

    django.setup()
    import time_machine
    from django.db import connection
    from django.test.utils import override_settings, setup_test_environment

    from tests import factories as make
    from tests.access import matrix
    from tests.access.walk import undone, walk
    from tests.access.world import build, settings_of_walk

    logging.disable()
    setup_test_environment()
    name = connection.creation.create_test_db(verbosity=0, serialize=False)
    try:
        with time_machine.travel(make.NOW, tick=False), override_settings(**settings_of_walk()), undone():
            cells, asked = walk(build())
    finally:
        connection.creation.destroy_test_db(name, verbosity=0)
    found = matrix.differences(matrix.read()[1], cells)
    print(*found[:400], sep="\n")
    print(f"{len(found)} differences in {asked} requests.")
    if "--dry" not in sys.argv:
        matrix.FILE.write_text(matrix.written(cells))
    return 0


if __name__ == "__main__":
    sys.exit(main())
