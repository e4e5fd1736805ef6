"""The named tuples. Each type is made when it is first needed."""

from collections import namedtuple as _namedtuple

from . import _platform

_FIELDS = {
    # CPU
    "scputimes": "user system idle nice iowait irq softirq steal guest guest_nice",
    "scpustats": "ctx_switches interrupts soft_interrupts syscalls",
    "scpufreq": "current min max",
    "scpulimit": "online allowed quota cpus parallelism",
    # Memory
    "svmem": (
        "total available percent used free active inactive buffers cached shared slab"
    ),
    "sswap": "total used free percent sin sout",
    "smemlimit": "total available percent used limit",
    "sswapdevice": "path is_file total used priority",
    "szfsarc": "size target min max hits misses",
    "pheap": "heap_used mmap_used",
    # Disks
    "sdiskpart": "device mountpoint fstype opts",
    "sdiskusage": "total used free percent",
    "sdiskio": (
        "read_count write_count read_bytes write_bytes read_time write_time"
        " read_merged_count write_merged_count busy_time"
    ),
    # Network
    "snetio": (
        "bytes_sent bytes_recv packets_sent packets_recv errin errout dropin dropout"
    ),
    "sconn": "fd family type laddr raddr status pid",
    "addr": "ip port",
    "snicaddr": "family address netmask broadcast ptp",
    "snicstats": "isup duplex speed mtu flags",
    # Sensors
    "shwtemp": "label current high critical",
    "sfan": "label current",
    "sbattery": "percent secsleft power_plugged",
    "sbatteryinfo": (
        "name scope percent status power_plugged secsleft secs_to_full power voltage"
        " energy_now energy_full energy_full_design charge_now charge_full"
        " charge_full_design cycle_count health technology manufacturer model"
        " serial_number"
    ),
    # The machine
    "suser": "name terminal host started pid",
    "spressure": "some full",
    "sstall": "avg10 avg60 avg300 total",
    "scgrouplimits": (
        "memory memory_high swap cpus cpuset processes cpu_weight cpu_shares"
    ),
    "scgroupusage": (
        "memory inactive_file swap processes cpu cpu_user cpu_system periods"
        " throttled_periods throttled_time read_bytes write_bytes"
    ),
    # Processes
    "pcputimes": "user system children_user children_system iowait",
    "pmem": "rss vms shared text data",
    "pmem_ex": (
        "rss vms shared text data peak_rss peak_vms rss_anon rss_file rss_shmem swap"
        " hugetlb"
    ),
    "pfootprint": "uss pss swap",
    "pfullmem": "rss vms shared text data uss pss swap",
    "ppagefaults": "minor major",
    "popenfile": "path fd position mode flags",
    "pthread": "id user_time system_time",
    "pthread_ex": "id name status user_time system_time cpu_num nice",
    "pdescriptor": "fd type path deleted position mode flags",
    "pcapabilities": "inheritable permitted effective bounding ambient",
    "pcgroup": "hierarchy controllers path",
    "pnamespaces": (
        "cgroup ipc mnt net pid pid_for_children time time_for_children user uts"
    ),
    "puids": "real effective saved",
    "pgids": "real effective saved",
    "pio": (
        "read_count write_count read_bytes write_bytes read_chars write_chars"
    ),
    "pionice": "ioclass value",
    "pctxsw": "voluntary involuntary",
    "pconn": "fd family type laddr raddr status",
    "pmmap_grouped": (
        "path rss size pss shared_clean shared_dirty private_clean private_dirty"
        " referenced anonymous swap"
    ),
    "pmmap_ext": (
        "addr perms path rss size pss shared_clean shared_dirty private_clean"
        " private_dirty referenced anonymous swap"
    ),
}

# What the tuples of other systems have instead.
if not _platform.LINUX:
    _FIELDS.update(
        svmem="total available percent used free",
        sdiskio=(
            "read_count write_count read_bytes write_bytes read_time write_time"
        ),
        pcputimes="user system children_user children_system",
        pmem="rss vms",
        pmem_ex="rss vms",
        pfootprint="uss",
        popenfile="path fd",
        pmmap_grouped="path rss",
        pmmap_ext="addr perms path rss",
    )
if _platform.WINDOWS:
    _FIELDS.update(
        scputimes="user system idle irq dpc",
        svmem="total available percent used free cached wired",
        pheap="heap_used mmap_used heap_count",
        pmem="rss vms peak_rss peak_vms",
        pmem_ex=(
            "rss vms peak_rss peak_vms virtual peak_virtual paged_pool"
            " nonpaged_pool peak_paged_pool peak_nonpaged_pool"
        ),
        pfullmem="rss vms peak_rss peak_vms uss",
        pio=(
            "read_count write_count read_bytes write_bytes other_count other_bytes"
        ),
    )
elif _platform.MACOS:
    _FIELDS.update(
        scputimes="user system idle nice",
        svmem="total available percent used free active inactive wired",
        pmem_ex=(
            "rss vms peak_rss rss_anon rss_file wired compressed phys_footprint"
        ),
        pfullmem="rss vms uss",
        pio="read_count write_count read_bytes write_bytes",
    )
elif _platform.BSD:
    _FIELDS.update(
        scputimes="user system idle nice irq",
        svmem=(
            "total available percent used free active inactive buffers cached"
            " shared wired"
        ),
        sdiskio="read_count write_count read_bytes write_bytes",
        pmem="rss vms text data stack peak_rss",
        pmem_ex="rss vms text data stack peak_rss",
        pfullmem="rss vms text data stack peak_rss",
        pio="read_count write_count read_bytes write_bytes",
    )
    if _platform.FREEBSD:
        _FIELDS.update(
            sdiskio=(
                "read_count write_count read_bytes write_bytes read_time write_time"
                " busy_time"
            ),
            pmmap_grouped="path rss private ref_count shadow_count",
            pmmap_ext="addr perms path rss private ref_count shadow_count",
        )
elif not _platform.LINUX:
    # Solaris and AIX.
    _FIELDS.update(
        scputimes="user system idle iowait",
        pfullmem="rss vms",
        pmmap_grouped="path rss anonymous locked",
        pmmap_ext="addr perms path rss anonymous locked",
    )

# psutil 8 keeps these, for programs written for psutil 7: what is always 0, and
# names of what is called otherwise now.
_FORMER_FIELDS = {}
if _platform.LINUX:
    for _name in ("pmem", "pmem_ex", "pfullmem"):
        _FORMER_FIELDS[_name] = {"lib": None, "dirty": None}
elif _platform.WINDOWS:
    _FORMER_FIELDS["scputimes"] = {"interrupt": "irq"}
    for _name in ("pmem", "pmem_ex", "pfullmem"):
        _FORMER_FIELDS[_name] = {
            "wset": "rss",
            "peak_wset": "peak_rss",
            "pagefile": "vms",
            "private": "vms",
            "peak_pagefile": "peak_vms",
        }


def _former_field(name, now):
    def read(self):
        import warnings

        if now is None:
            text = f"'{name}' is deprecated: Linux has not counted it since version 2.6"
        else:
            text = f"'{name}' is deprecated: it is called '{now}'"
        warnings.warn(text, DeprecationWarning, stacklevel=2)
        return 0 if now is None else getattr(self, now)

    what = "Always 0" if now is None else f"The same as `{now}`"
    return property(read, doc=f"{what}; deprecated since psutil 8.0 ({name}).")


class _Documentation:
    """Makes help() show what editors show: the texts of the stub beside. They
    are read when somebody asks for one."""

    def __get__(self, instance, made):
        import ast
        import os

        try:
            with open(os.path.splitext(__file__)[0] + ".pyi", "rb") as file:
                stub = ast.parse(file.read())
        except OSError:
            return None
        for node in self._here(stub.body):
            if isinstance(node, ast.ClassDef) and node.name == made.__name__:
                made.__doc__ = self._class(made, node)
                return made.__doc__
        return None

    @classmethod
    def _here(cls, body):
        # What the stub has for this system: it asks which one that is.
        import ast
        import sys

        for node in body:
            if isinstance(node, ast.If):
                asked = compile(ast.Expression(node.test), "stub", "eval")
                is_here = eval(asked, {"sys": sys})
                yield from cls._here(node.body if is_here else node.orelse)
            else:
                yield node

    @staticmethod
    def _class(made, node):
        import ast

        lines = [ast.get_docstring(node), ""]
        for field, text in zip(node.body, node.body[1:]):
            if isinstance(field, ast.AnnAssign):
                name = field.target.id
                text = " ".join(text.value.value.split())
                getattr(made, name).__doc__ = text
                lines.append(f"{name} ({ast.unparse(field.annotation)}): {text}")
        return "\n".join(lines)


def __getattr__(name):
    fields = _FIELDS.get(name)
    if fields is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    made = _namedtuple(name, fields, module=__name__)
    made.__doc__ = _Documentation()
    for former, now in _FORMER_FIELDS.get(name, {}).items():
        setattr(made, former, _former_field(former, now))
    # Of two threads that come here at once both get the same type.
    return globals().setdefault(name, made)


def __dir__():
    return sorted({*globals(), *_FIELDS})
