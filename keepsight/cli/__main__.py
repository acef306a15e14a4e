"""``python -m keepsight.cli`` is ``keepsight``."""

from keepsight.cli.main import main

if __name__ == "__main__":
    main()
