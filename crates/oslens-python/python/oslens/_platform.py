"""Which system this is. What only some systems have is told by these, in the
modules that have it."""

import os
import sys

LINUX: bool = sys.platform.startswith(("linux", "android"))
WINDOWS: bool = sys.platform == "win32"
MACOS: bool = sys.platform == "darwin"
FREEBSD: bool = sys.platform.startswith(("freebsd", "midnightbsd"))
OPENBSD: bool = sys.platform.startswith("openbsd")
NETBSD: bool = sys.platform.startswith("netbsd")
BSD: bool = FREEBSD or OPENBSD or NETBSD
SUNOS: bool = sys.platform.startswith(("sunos", "solaris"))
AIX: bool = sys.platform.startswith("aix")
POSIX: bool = os.name == "posix"

# Where the native module has what is asked for.
IS_SUPPORTED: bool = LINUX or WINDOWS or MACOS or BSD
