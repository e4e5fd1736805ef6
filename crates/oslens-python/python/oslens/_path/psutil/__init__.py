"""What `import psutil` finds in children of `python -m oslens.as_psutil`."""

import os as _os
import sys as _sys

try:
    import oslens as _oslens
except ImportError:
    # Another Python than the one that oslens is installed for: the real one.
    _here = _os.path.dirname(_os.path.dirname(_os.path.abspath(__file__)))
    _sys.path[:] = [path for path in _sys.path if _os.path.abspath(path) != _here]
    del _sys.modules["psutil"]
    __import__("psutil")
else:
    _oslens.install_as_psutil()
