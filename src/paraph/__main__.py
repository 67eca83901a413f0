"""``python -m paraph`` is ``paraph``."""

import sys

from paraph.cli import main

sys.exit(main())
