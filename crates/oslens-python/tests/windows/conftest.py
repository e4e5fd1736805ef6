"""These are for Python on Windows, or on Wine."""

import sys

collect_ignore_glob = [] if sys.platform == "win32" else ["*.py"]
