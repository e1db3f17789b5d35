"""Run the command as `python -m milepost`."""

import sys

from milepost.cli import main

sys.exit(main())
