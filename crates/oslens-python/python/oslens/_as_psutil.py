"""oslens under the name psutil, for programs that were written for it."""

from __future__ import annotations

import sys
import types

# `typing` is slow to import; type checkers know this name.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from importlib.metadata import Distribution
    from typing import Any

# Modules of psutil from which programs import what is public elsewhere too.
if sys.platform == "win32":
    _SYSTEM = "_pswindows"
    _MODULES: tuple[str, ...] = ("_common", _SYSTEM)
else:
    _SYSTEM = "_pslinux"
    if sys.platform == "darwin":
        _SYSTEM = "_psosx"
    elif not sys.platform.startswith("linux"):
        _SYSTEM = "_psbsd"
    _MODULES = ("_common", _SYSTEM, "_psposix")


class _Module(types.ModuleType):
    """A module of psutil: tuples, exceptions, enums, constants, functions."""

    def __getattr__(self, name: str) -> Any:
        import oslens

        from . import _enums, _exceptions, _ntuples

        if not name.startswith("__"):
            for module in (_ntuples, _exceptions, _enums, oslens):
                try:
                    return getattr(module, name)
                except AttributeError:
                    pass
        raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")


class _Distributions:
    """Tells `importlib.metadata` which version of psutil this stands for, if
    psutil itself is not installed."""

    @staticmethod
    def find_spec(*_arguments: object) -> None:
        return None

    @staticmethod
    def find_distributions(context: Any = None) -> Iterator[Distribution]:
        if context is None or context.name is None or context.name.lower() != "psutil":
            return
        from importlib.metadata import Distribution

        import oslens

        class StandIn(Distribution):
            def read_text(self, filename: str) -> str | None:
                if filename != "METADATA":
                    return None
                return (
                    f"Metadata-Version: 2.1\nName: psutil\n"
                    f"Version: {oslens.__version__}\n"
                )

            def locate_file(self, path: Any) -> Any:
                raise FileNotFoundError(path)

        yield StandIn()


def install_as_psutil() -> None:
    """Makes `import psutil` mean oslens, in this process.

    Also `from psutil._common import …` and the like, for public tuples,
    exceptions, enums and constants. Call it before anything imports psutil:
    modules that have it already keep what they have. Exceptions and processes
    call themselves psutil's from then on.

    >>> import oslens
    >>> oslens.install_as_psutil()
    >>> import psutil
    >>> from psutil._common import sdiskusage
    >>> psutil.Process is oslens.Process
    True

    `python -m oslens.as_psutil PROGRAM` runs a whole program so.
    """
    import oslens

    from . import _enums, _exceptions, _ntuples

    for name in list(sys.modules):
        if name.startswith("psutil."):
            del sys.modules[name]
    sys.modules["psutil"] = oslens
    # These have the same names in psutil.
    for module in (_enums, _exceptions, _ntuples):
        sys.modules[f"psutil.{module.__name__.rpartition('.')[2]}"] = module
    for name in _MODULES:
        module = _Module(f"psutil.{name}", _Module.__doc__)
        sys.modules[module.__name__] = module
        setattr(oslens, name, module)
    # What the one for this system is called there, whatever the system.
    oslens._psplatform = sys.modules[f"psutil.{_SYSTEM}"]  # type: ignore[attr-defined]
    # Before there was `Process.attrs`, programs took this for it.
    names = set(oslens.Process.attrs)
    oslens._as_dict_attrnames = names  # type: ignore[attr-defined]
    _exceptions.SHOWN_AS = "psutil"
    if _Distributions not in sys.meta_path:
        sys.meta_path.append(_Distributions)
