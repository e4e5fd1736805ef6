import socket
import sys
from typing import NamedTuple

from ._enums import (
    AddressFamily,
    ConnectionStatus,
    NicDuplex,
    ProcessStatus,
)

if sys.platform == "linux" or sys.platform == "android":
    from ._enums import ProcessIOPriority

if sys.platform == "win32":
    class scputimes(NamedTuple):
        """What CPUs did, in seconds, or in percent of the time that passed."""

        user: float
        """In programs."""
        system: float
        """In the kernel, without `irq` and `dpc`."""
        idle: float
        """Doing nothing."""
        irq: float
        """Handling interrupts."""
        dpc: float
        """Handling deferred procedure calls."""
        @property
        def interrupt(self) -> float: ...

elif sys.platform == "darwin":
    class scputimes(NamedTuple):
        """What CPUs did, in seconds, or in percent of the time that passed."""

        user: float
        """In programs."""
        system: float
        """In the kernel."""
        idle: float
        """Doing nothing."""
        nice: float
        """In programs with a niceness above 0."""

elif (
    sys.platform.startswith("freebsd")
    or sys.platform.startswith("netbsd")
    or sys.platform.startswith("openbsd")
):
    class scputimes(NamedTuple):
        """What CPUs did, in seconds, or in percent of the time that passed."""

        user: float
        """In programs."""
        system: float
        """In the kernel."""
        idle: float
        """Doing nothing."""
        nice: float
        """In programs with a niceness above 0."""
        irq: float
        """Handling interrupts."""

else:
    class scputimes(NamedTuple):
        """What CPUs did, in seconds, or in percent of the time that passed."""

        user: float
        """In programs, with `guest`."""
        system: float
        """In the kernel."""
        idle: float
        """Doing nothing."""
        nice: float
        """In programs with a niceness above 0, with `guest_nice`."""
        iowait: float
        """Doing nothing, while something waited for a disk."""
        irq: float
        """Handling interrupts."""
        softirq: float
        """Handling software interrupts."""
        steal: float
        """What the host of this virtual machine gave to others."""
        guest: float
        """In virtual machines."""
        guest_nice: float
        """In virtual machines with a niceness above 0."""

class scpustats(NamedTuple):
    """Counts since boot."""

    ctx_switches: int
    """How often a CPU went from one task to another."""
    interrupts: int
    """Interrupts."""
    soft_interrupts: int
    """Software interrupts."""
    syscalls: int
    """Always 0: Linux does not count system calls."""

class scpufreq(NamedTuple):
    """Frequencies in MHz."""

    current: float
    """Now."""
    min: float
    """The lowest; 0.0 if it is not known."""
    max: float
    """The highest; 0.0 if it is not known."""

class scpulimit(NamedTuple):
    """CPUs that a process may use."""

    online: int
    """CPUs that the machine has online."""
    allowed: int | None
    """Those that its affinity lets it run on; `None` if that is not known."""
    quota: float | None
    """CPUs that its control groups give it; `None`: no limit."""
    cpus: float
    """What follows: the least of these."""
    parallelism: int
    """As many threads as make sense: `cpus`, rounded up."""

if sys.platform == "win32":
    class svmem(NamedTuple):
        """Memory of the machine, in bytes."""

        total: int
        """Physical memory."""
        available: int
        """What programs can have without paging."""
        percent: float
        """How much of `total` is not available, in percent."""
        used: int
        """`total` without `available`."""
        free: int
        """The same as `available`."""
        cached: int
        """Cache of files."""
        wired: int
        """Of the kernel, never paged out."""

elif sys.platform == "darwin":
    class svmem(NamedTuple):
        """Memory of the machine, in bytes."""

        total: int
        """Physical memory."""
        available: int
        """What programs can have without swapping."""
        percent: float
        """How much of `total` is not available, in percent."""
        used: int
        """`active` and `wired`."""
        free: int
        """What nobody uses for anything."""
        active: int
        """Used recently."""
        inactive: int
        """Not used recently."""
        wired: int
        """What cannot be paged out."""

elif (
    sys.platform.startswith("freebsd")
    or sys.platform.startswith("netbsd")
    or sys.platform.startswith("openbsd")
):
    class svmem(NamedTuple):
        """Memory of the machine, in bytes."""

        total: int
        """Physical memory."""
        available: int
        """What programs can have without swapping."""
        percent: float
        """How much of `total` is not available, in percent."""
        used: int
        """`active` and `wired`, and but for NetBSD `cached`."""
        free: int
        """What nobody uses for anything."""
        active: int
        """Used recently."""
        inactive: int
        """Not used recently."""
        buffers: int
        """Cache of block devices."""
        cached: int
        """Cache of files."""
        shared: int
        """Shared between processes."""
        wired: int
        """What cannot be paged out."""

else:
    class svmem(NamedTuple):
        """Memory of the machine, in bytes."""

        total: int
        """Physical memory, without what the kernel keeps for itself from the start."""
        available: int
        """What programs can have without swapping."""
        percent: float
        """How much of `total` is not available, in percent."""
        used: int
        """`total` without `available`."""
        free: int
        """What nobody uses for anything."""
        active: int
        """Used recently."""
        inactive: int
        """Not used recently."""
        buffers: int
        """Cache of block devices."""
        cached: int
        """Cache of files."""
        shared: int
        """In memory file systems and shared between processes."""
        slab: int
        """Of the kernel's own structures."""

class sswap(NamedTuple):
    """Swap space, in bytes."""

    total: int
    """All."""
    used: int
    """What is used."""
    free: int
    """What is not used."""
    percent: float
    """How much of `total` is used, in percent."""
    sin: int
    """Swapped in since boot."""
    sout: int
    """Swapped out since boot."""

class smemlimit(NamedTuple):
    """Memory that a process may use, in bytes."""

    total: int
    """`limit`, or what the machine has if that is less."""
    available: int
    """What it can still have."""
    percent: float
    """How much of `total` is not available, in percent."""
    used: int
    """What is used of `total`."""
    limit: int | None
    """What its control groups allow; `None`: all."""

class sswapdevice(NamedTuple):
    """A partition or file for swap."""

    path: str
    """Where it is."""
    is_file: bool
    """Whether it is a file."""
    total: int
    """Its size in bytes."""
    used: int
    """What is used of it, in bytes."""
    priority: int
    """Those of higher priority are used first."""

class szfsarc(NamedTuple):
    """The cache of ZFS; sizes in bytes."""

    size: int
    """Now."""
    target: int | None
    """What it goes to."""
    min: int | None
    """What it is not shrunk below."""
    max: int | None
    """What it does not grow above."""
    hits: int | None
    """Reads that it answered."""
    misses: int | None
    """Reads that it did not."""

if sys.platform == "win32":
    class pheap(NamedTuple):
        """What is allocated, in bytes."""

        heap_used: int
        """In the process's heap, which the C library uses."""
        mmap_used: int
        """Page by page, beside all heaps."""
        heap_count: int
        """Number of heaps."""

else:
    class pheap(NamedTuple):
        """What is allocated from the C library, in bytes."""

        heap_used: int
        """In the heap."""
        mmap_used: int
        """In large blocks that were mapped one by one."""

class sdiskpart(NamedTuple):
    """Something that is mounted."""

    device: str
    """Path of the device, or what stands in its place."""
    mountpoint: str
    """Directory where it is mounted."""
    fstype: str
    """Kind of the file system."""
    opts: str
    """Options, with commas between them."""

class sdiskusage(NamedTuple):
    """Space of a file system, in bytes."""

    total: int
    """All."""
    used: int
    """What is used."""
    free: int
    """What ordinary users can have."""
    percent: float
    """How much is used of what ordinary users can reach, in percent."""

if sys.platform == "win32":
    class sdiskio(NamedTuple):
        """What went to and from disks since boot."""

        read_count: int
        """Reads."""
        write_count: int
        """Writes."""
        read_bytes: int
        """Bytes read."""
        write_bytes: int
        """Bytes written."""
        read_time: int
        """Milliseconds that reads took."""
        write_time: int
        """Milliseconds that writes took."""

elif sys.platform == "darwin":
    class sdiskio(NamedTuple):
        """What went to and from disks since boot."""

        read_count: int
        """Reads."""
        write_count: int
        """Writes."""
        read_bytes: int
        """Bytes read."""
        write_bytes: int
        """Bytes written."""
        read_time: int
        """Milliseconds that reads took."""
        write_time: int
        """Milliseconds that writes took."""

elif sys.platform.startswith("freebsd"):
    class sdiskio(NamedTuple):
        """What went to and from disks since boot."""

        read_count: int
        """Reads."""
        write_count: int
        """Writes."""
        read_bytes: int
        """Bytes read."""
        write_bytes: int
        """Bytes written."""
        read_time: int
        """Milliseconds that reads took."""
        write_time: int
        """Milliseconds that writes took."""
        busy_time: int
        """Milliseconds in which it did anything."""

elif sys.platform.startswith("netbsd") or sys.platform.startswith("openbsd"):
    class sdiskio(NamedTuple):
        """What went to and from disks since boot."""

        read_count: int
        """Reads."""
        write_count: int
        """Writes."""
        read_bytes: int
        """Bytes read."""
        write_bytes: int
        """Bytes written."""

else:
    class sdiskio(NamedTuple):
        """What went to and from disks since boot."""

        read_count: int
        """Reads."""
        write_count: int
        """Writes."""
        read_bytes: int
        """Bytes read."""
        write_bytes: int
        """Bytes written."""
        read_time: int
        """Milliseconds that reads took."""
        write_time: int
        """Milliseconds that writes took."""
        read_merged_count: int
        """Reads that were done together with others."""
        write_merged_count: int
        """Writes that were done together with others."""
        busy_time: int
        """Milliseconds in which there was something to do."""

class snetio(NamedTuple):
    """What went through network interfaces."""

    bytes_sent: int
    """Bytes sent."""
    bytes_recv: int
    """Bytes received."""
    packets_sent: int
    """Packets sent."""
    packets_recv: int
    """Packets received."""
    errin: int
    """Errors while receiving."""
    errout: int
    """Errors while sending."""
    dropin: int
    """Packets that came and were dropped."""
    dropout: int
    """Packets that were to be sent and were dropped."""

class sconn(NamedTuple):
    """A socket, and who has it."""

    fd: int
    """Descriptor; -1 if it is not known."""
    family: socket.AddressFamily
    """Such as `socket.AF_INET`."""
    type: socket.SocketKind | int
    """Such as `socket.SOCK_STREAM`."""
    laddr: addr | tuple[()] | str
    """Own address: `addr`, or a path for UNIX sockets; empty if there is none."""
    raddr: addr | tuple[()] | str
    """Address of the other end; empty if there is none."""
    status: ConnectionStatus
    """State of a TCP connection; `CONN_NONE` for others."""
    pid: int | None
    """The process that has it; `None` if it is not known."""

class addr(NamedTuple):
    """An Internet address."""

    ip: str
    """IP address."""
    port: int
    """Port."""

class snicaddr(NamedTuple):
    """An address of a network interface."""

    family: socket.AddressFamily | AddressFamily
    """`socket.AF_INET`, `socket.AF_INET6` or `AF_LINK`."""
    address: str | None
    """The address; `None` if it has none."""
    netmask: str | None
    """Its netmask."""
    broadcast: str | None
    """Address of all in its network."""
    ptp: str | None
    """The other end of a point-to-point connection."""

class snicstats(NamedTuple):
    """State of a network interface."""

    isup: bool
    """Whether it is up and running."""
    duplex: NicDuplex
    """Whether it sends and receives at once."""
    speed: int
    """In Mbit/s; 0 if it is not known."""
    mtu: int
    """Longest packet in bytes."""
    flags: str
    """Such as `up` and `broadcast`, with commas between them."""

class shwtemp(NamedTuple):
    """A temperature."""

    label: str
    """What it is of; may be empty."""
    current: float
    """Now."""
    high: float | None
    """What the hardware calls high; `None` if it does not tell."""
    critical: float | None
    """What the hardware calls critical; `None` if it does not tell."""

class sfan(NamedTuple):
    """A fan."""

    label: str
    """Which one it is; may be empty."""
    current: int
    """Revolutions per minute."""

class sbattery(NamedTuple):
    """The battery of the machine."""

    percent: float
    """How full it is, in percent."""
    secsleft: int
    """Seconds that it lasts, or a `BatteryTime`."""
    power_plugged: bool | None
    """Whether power comes from outside; `None` if it is not known."""

class sbatteryinfo(NamedTuple):
    """A battery; `None` is what it does not tell."""

    name: str
    """What the kernel calls it."""
    scope: str
    """`system`, or `device` for mice and the like."""
    percent: float | None
    """How full it is, in percent."""
    status: str | None
    """Such as `charging`."""
    power_plugged: bool | None
    """Whether power comes from outside."""
    secsleft: int
    """Seconds that it lasts, or a `BatteryTime`."""
    secs_to_full: int | None
    """Seconds until it is full."""
    power: float | None
    """What flows, in W."""
    voltage: float | None
    """In V."""
    energy_now: float | None
    """What is in it, in Wh."""
    energy_full: float | None
    """What was in it when it was full last, in Wh."""
    energy_full_design: float | None
    """What was in it when it was new and full, in Wh."""
    charge_now: float | None
    """What is in it, in Ah."""
    charge_full: float | None
    """What was in it when it was full last, in Ah."""
    charge_full_design: float | None
    """What was in it when it was new and full, in Ah."""
    cycle_count: int | None
    """How often it was charged."""
    health: float | None
    """How much of what it was made for it still holds, in percent."""
    technology: str | None
    """Such as `Li-ion`."""
    manufacturer: str | None
    """Who made it."""
    model: str | None
    """What they call it."""
    serial_number: str | None
    """Its serial number."""

if sys.platform == "win32":
    class suser(NamedTuple):
        """Somebody who is logged in."""

        name: str
        """User."""
        terminal: str | None
        """Name of the session, such as `Console`; `None` if it has none."""
        host: str | None
        """Where they came from; `None` if they are here."""
        started: float | None
        """Since when, in seconds since 1970."""
        pid: int | None
        """Always `None`."""

else:
    class suser(NamedTuple):
        """Somebody who is logged in."""

        name: str
        """User."""
        terminal: str | None
        """Such as `pts/0`; `None` if there is none."""
        host: str
        """Where they came from; empty if they are here."""
        started: float | None
        """Since when, in seconds since 1970."""
        pid: int | None
        """PID of the login process."""

class spressure(NamedTuple):
    """How long tasks stood still for want of something."""

    some: sstall | None
    """At least one of them; `None` where it is not counted."""
    full: sstall | None
    """All of them at once; `None` where it is not counted."""

class sstall(NamedTuple):
    """Time in which tasks stood still."""

    avg10: float
    """Percent of the last 10 seconds."""
    avg60: float
    """Percent of the last 60 seconds."""
    avg300: float
    """Percent of the last 300 seconds."""
    total: float
    """Seconds since the count began."""

class scgrouplimits(NamedTuple):
    """What control groups allow; `None` is no limit."""

    memory: int | None
    """Bytes of memory."""
    memory_high: int | None
    """Bytes of memory above which processes are slowed down."""
    swap: int | None
    """Bytes of swap."""
    cpus: float | None
    """CPUs' worth of time."""
    cpuset: list[int] | None
    """Numbers of the CPUs."""
    processes: int | None
    """How many processes and threads there may be."""
    cpu_weight: int | None
    """Share of CPU time when it is short (version 2)."""
    cpu_shares: int | None
    """Share of CPU time when it is short (version 1)."""

class scgroupusage(NamedTuple):
    """What a control group uses; `None` is not counted there."""

    memory: int | None
    """Bytes of memory."""
    inactive_file: int | None
    """Bytes of `memory` that are cache and not used recently."""
    swap: int | None
    """Bytes of swap."""
    processes: int | None
    """Processes and threads."""
    cpu: float | None
    """Seconds of CPU time."""
    cpu_user: float | None
    """Of these, in programs."""
    cpu_system: float | None
    """Of these, in the kernel."""
    periods: int | None
    """Periods that were looked at for the quota."""
    throttled_periods: int | None
    """Periods in which the quota was used up."""
    throttled_time: float | None
    """Seconds of waiting because of that."""
    read_bytes: int | None
    """Bytes read from disks."""
    write_bytes: int | None
    """Bytes written to disks."""

if sys.platform == "win32":
    class pcputimes(NamedTuple):
        """CPU time of a process, in seconds."""

        user: float
        """In its code."""
        system: float
        """In the kernel, for it."""
        children_user: float
        """Always 0.0: Windows does not count it."""
        children_system: float
        """Always 0.0: Windows does not count it."""

elif (
    sys.platform == "darwin"
    or sys.platform.startswith("freebsd")
    or sys.platform.startswith("netbsd")
    or sys.platform.startswith("openbsd")
):
    class pcputimes(NamedTuple):
        """CPU time of a process, in seconds."""

        user: float
        """In its code."""
        system: float
        """In the kernel, for it."""
        children_user: float
        """That of its children which have ended; on NetBSD and OpenBSD all of it."""
        children_system: float
        """That of its children which have ended; 0.0 on NetBSD and OpenBSD."""

else:
    class pcputimes(NamedTuple):
        """CPU time of a process, in seconds."""

        user: float
        """In its code."""
        system: float
        """In the kernel, for it."""
        children_user: float
        """That of its children which have ended."""
        children_system: float
        """That of its children which have ended."""
        iowait: float
        """That it waited for disks (no CPU time)."""

if sys.platform == "win32":
    class pmem(NamedTuple):
        """Memory of a process, in bytes."""

        rss: int
        """In physical memory: its working set."""
        vms: int
        """What the system has promised it: its private bytes."""
        peak_rss: int
        """The highest `rss` that it had."""
        peak_vms: int
        """The highest `vms` that it had."""
        @property
        def wset(self) -> int: ...
        @property
        def peak_wset(self) -> int: ...
        @property
        def pagefile(self) -> int: ...
        @property
        def private(self) -> int: ...
        @property
        def peak_pagefile(self) -> int: ...

elif sys.platform == "darwin":
    class pmem(NamedTuple):
        """Memory of a process, in bytes."""

        rss: int
        """In physical memory."""
        vms: int
        """All that is mapped."""

elif (
    sys.platform.startswith("freebsd")
    or sys.platform.startswith("netbsd")
    or sys.platform.startswith("openbsd")
):
    class pmem(NamedTuple):
        """Memory of a process, in bytes."""

        rss: int
        """In physical memory."""
        vms: int
        """All that is mapped."""
        text: int
        """Its code."""
        data: int
        """Its data."""
        stack: int
        """Its stack."""
        peak_rss: int
        """The highest `rss` that it had."""

else:
    class pmem(NamedTuple):
        """Memory of a process, in bytes."""

        rss: int
        """In physical memory."""
        vms: int
        """All that is mapped."""
        shared: int
        """Of `rss`, what others may share."""
        text: int
        """Its code."""
        data: int
        """Its data and stacks."""
        @property
        def lib(self) -> int: ...
        @property
        def dirty(self) -> int: ...

if sys.platform == "win32":
    class pmem_ex(NamedTuple):
        """More about the memory of a process, in bytes."""

        rss: int
        """In physical memory: its working set."""
        vms: int
        """What the system has promised it: its private bytes."""
        peak_rss: int
        """The highest `rss` that it had."""
        peak_vms: int
        """The highest `vms` that it had."""
        virtual: int
        """Its address space."""
        peak_virtual: int
        """The highest `virtual` that it had."""
        paged_pool: int
        """Of the kernel's pool that can be paged out."""
        nonpaged_pool: int
        """Of the kernel's pool that cannot."""
        peak_paged_pool: int
        """The highest `paged_pool` that it had."""
        peak_nonpaged_pool: int
        """The highest `nonpaged_pool` that it had."""
        @property
        def wset(self) -> int: ...
        @property
        def peak_wset(self) -> int: ...
        @property
        def pagefile(self) -> int: ...
        @property
        def private(self) -> int: ...
        @property
        def peak_pagefile(self) -> int: ...

elif sys.platform == "darwin":
    class pmem_ex(NamedTuple):
        """More about the memory of a process, in bytes. What is not told is 0."""

        rss: int
        """In physical memory."""
        vms: int
        """All that is mapped."""
        peak_rss: int
        """The highest `rss` that it had."""
        rss_anon: int
        """Of `rss`, what is in no file."""
        rss_file: int
        """Of `rss`, what is of files."""
        wired: int
        """What cannot be paged out."""
        compressed: int
        """Compressed."""
        phys_footprint: int
        """What it is charged for."""

elif (
    sys.platform.startswith("freebsd")
    or sys.platform.startswith("netbsd")
    or sys.platform.startswith("openbsd")
):
    class pmem_ex(NamedTuple):
        """More about the memory of a process, in bytes. What is not told is 0."""

        rss: int
        """In physical memory."""
        vms: int
        """All that is mapped."""
        text: int
        """Its code."""
        data: int
        """Its data."""
        stack: int
        """Its stack."""
        peak_rss: int
        """The highest `rss` that it had."""

else:
    class pmem_ex(NamedTuple):
        """More about the memory of a process, in bytes."""

        rss: int
        """In physical memory."""
        vms: int
        """All that is mapped."""
        shared: int
        """Of `rss`, what others may share."""
        text: int
        """Its code."""
        data: int
        """Its data and stacks."""
        peak_rss: int
        """The highest `rss` that it had."""
        peak_vms: int
        """The highest `vms` that it had."""
        rss_anon: int
        """Of `rss`, what is in no file."""
        rss_file: int
        """Of `rss`, what is of files."""
        rss_shmem: int
        """Of `rss`, what is shared memory."""
        swap: int
        """In swap."""
        hugetlb: int
        """In huge pages."""
        @property
        def lib(self) -> int: ...
        @property
        def dirty(self) -> int: ...

if sys.platform == "win32":
    class pfootprint(NamedTuple):
        """Memory that a process occupies, in bytes."""

        uss: int
        """What only it uses, and ending it would free."""

elif (
    sys.platform == "darwin"
    or sys.platform.startswith("freebsd")
    or sys.platform.startswith("netbsd")
    or sys.platform.startswith("openbsd")
):
    class pfootprint(NamedTuple):
        """Memory that a process occupies, in bytes."""

        uss: int
        """What only it uses, and ending it would free."""

else:
    class pfootprint(NamedTuple):
        """Memory that a process occupies, in bytes."""

        uss: int
        """What only it uses, and ending it would free."""
        pss: int
        """`uss`, and its part of what it shares."""
        swap: int
        """In swap."""

if sys.platform == "win32":
    class pfullmem(NamedTuple):
        """`pmem` and `pfootprint`."""

        rss: int
        """In physical memory: its working set."""
        vms: int
        """What the system has promised it: its private bytes."""
        peak_rss: int
        """The highest `rss` that it had."""
        peak_vms: int
        """The highest `vms` that it had."""
        uss: int
        """What only it uses, and ending it would free."""
        @property
        def wset(self) -> int: ...
        @property
        def peak_wset(self) -> int: ...
        @property
        def pagefile(self) -> int: ...
        @property
        def private(self) -> int: ...
        @property
        def peak_pagefile(self) -> int: ...

elif sys.platform == "darwin":
    class pfullmem(NamedTuple):
        """`pmem` and `pfootprint`."""

        rss: int
        """In physical memory."""
        vms: int
        """All that is mapped."""
        uss: int
        """What only it uses, and ending it would free."""

elif (
    sys.platform.startswith("freebsd")
    or sys.platform.startswith("netbsd")
    or sys.platform.startswith("openbsd")
):
    class pfullmem(NamedTuple):
        """`pmem` and `pfootprint`."""

        rss: int
        """In physical memory."""
        vms: int
        """All that is mapped."""
        text: int
        """Its code."""
        data: int
        """Its data."""
        stack: int
        """Its stack."""
        peak_rss: int
        """The highest `rss` that it had."""

else:
    class pfullmem(NamedTuple):
        """`pmem` and `pfootprint`."""

        rss: int
        """In physical memory."""
        vms: int
        """All that is mapped."""
        shared: int
        """Of `rss`, what others may share."""
        text: int
        """Its code."""
        data: int
        """Its data and stacks."""
        uss: int
        """What only it uses, and ending it would free."""
        pss: int
        """`uss`, and its part of what it shares."""
        swap: int
        """In swap."""
        @property
        def lib(self) -> int: ...
        @property
        def dirty(self) -> int: ...

class ppagefaults(NamedTuple):
    """How often a process touched memory that was not there."""

    minor: int
    """Without reading from a disk."""
    major: int
    """With reading from a disk."""

if sys.platform == "win32":
    class popenfile(NamedTuple):
        """A file that a process has open."""

        path: str
        """Absolute path."""
        fd: int
        """Always -1."""

elif (
    sys.platform == "darwin"
    or sys.platform.startswith("freebsd")
    or sys.platform.startswith("netbsd")
    or sys.platform.startswith("openbsd")
):
    class popenfile(NamedTuple):
        """A file that a process has open."""

        path: str
        """Absolute path."""
        fd: int
        """Descriptor."""

else:
    class popenfile(NamedTuple):
        """A file that a process has open."""

        path: str
        """Absolute path."""
        fd: int
        """Descriptor."""
        position: int
        """Where it is read or written next, in bytes."""
        mode: str
        """As for `open()`: `r`, `w`, `a`, `r+` or `a+`."""
        flags: int
        """Those of the system call `open`."""

class pthread(NamedTuple):
    """A thread and its CPU time in seconds."""

    id: int
    """Its number."""
    user_time: float
    """In its code."""
    system_time: float
    """In the kernel, for it."""

class puids(NamedTuple):
    """User IDs of a process."""

    real: int
    """Who owns it."""
    effective: int
    """Who it acts as."""
    saved: int
    """Who it can act as again."""

class pgids(NamedTuple):
    """Group IDs of a process."""

    real: int
    """Whose it is."""
    effective: int
    """Which it acts as."""
    saved: int
    """Which it can act as again."""

if sys.platform == "win32":
    class pio(NamedTuple):
        """What a process read and wrote."""

        read_count: int
        """Calls that read."""
        write_count: int
        """Calls that wrote."""
        read_bytes: int
        """Bytes that they read, of whatever."""
        write_bytes: int
        """Bytes that they wrote, to whatever."""
        other_count: int
        """Calls that did neither."""
        other_bytes: int
        """Bytes that these moved."""

elif (
    sys.platform == "darwin"
    or sys.platform.startswith("freebsd")
    or sys.platform.startswith("netbsd")
    or sys.platform.startswith("openbsd")
):
    class pio(NamedTuple):
        """What a process read and wrote. What is not counted is -1."""

        read_count: int
        """Blocks that were read for it."""
        write_count: int
        """Blocks that were written for it."""
        read_bytes: int
        """Bytes that came from disks for it."""
        write_bytes: int
        """Bytes that it caused to be written to disks."""

else:
    class pio(NamedTuple):
        """What a process read and wrote."""

        read_count: int
        """Calls that read."""
        write_count: int
        """Calls that wrote."""
        read_bytes: int
        """Bytes that came from disks for it."""
        write_bytes: int
        """Bytes that it caused to be written to disks."""
        read_chars: int
        """Bytes that its calls read, also from caches, pipes and sockets."""
        write_chars: int
        """Bytes that its calls wrote, also to caches, pipes and sockets."""

if sys.platform == "linux" or sys.platform == "android":
    class pionice(NamedTuple):
        """Priority at disks."""

        ioclass: ProcessIOPriority
        """One of the `IOPRIO_CLASS_…` constants."""
        value: int
        """From 0 (first) to 7 (last) in the class."""

class pctxsw(NamedTuple):
    """How often a thread left its CPU."""

    voluntary: int
    """To wait for something."""
    involuntary: int
    """Because another one got it."""

class pconn(NamedTuple):
    """A socket of a process."""

    fd: int
    """Descriptor."""
    family: socket.AddressFamily
    """Such as `socket.AF_INET`."""
    type: socket.SocketKind | int
    """Such as `socket.SOCK_STREAM`."""
    laddr: addr | tuple[()] | str
    """Own address: `addr`, or a path for UNIX sockets; empty if there is none."""
    raddr: addr | tuple[()] | str
    """Address of the other end; empty if there is none."""
    status: ConnectionStatus
    """State of a TCP connection; `CONN_NONE` for others."""

if sys.platform == "win32":
    class pmmap_grouped(NamedTuple):
        """Memory that is mapped from one file, in bytes."""

        path: str
        """Of the file."""
        rss: int
        """In physical memory."""

elif sys.platform.startswith("freebsd"):
    class pmmap_grouped(NamedTuple):
        """Memory that is mapped from one file, in bytes."""

        path: str
        """Of the file, or such as `[swap]` and `[vnode]`."""
        rss: int
        """In physical memory."""
        private: int
        """In physical memory of what is mapped, if it lies on nothing else."""
        ref_count: int
        """How often what is mapped is referred to."""
        shadow_count: int
        """How many copies lie on what is mapped."""

elif (
    sys.platform == "darwin"
    or sys.platform.startswith("netbsd")
    or sys.platform.startswith("openbsd")
):
    class pmmap_grouped(NamedTuple):
        """Memory that is mapped from one file, in bytes."""

        path: str
        """Of the file, or such as `[heap]` and `[anon]`."""
        rss: int
        """In physical memory."""

else:
    class pmmap_grouped(NamedTuple):
        """Memory that is mapped from one file, in bytes."""

        path: str
        """Of the file, or such as `[heap]` and `[anon]`."""
        rss: int
        """In physical memory."""
        size: int
        """Of the address space."""
        pss: int
        """What only it uses, and its part of what it shares."""
        shared_clean: int
        """Shared, as it is on the disk."""
        shared_dirty: int
        """Shared, changed."""
        private_clean: int
        """Not shared, as it is on the disk."""
        private_dirty: int
        """Not shared, changed."""
        referenced: int
        """Used recently."""
        anonymous: int
        """In no file."""
        swap: int
        """In swap."""

if sys.platform == "win32":
    class pmmap_ext(NamedTuple):
        """A mapping of memory, in bytes."""

        addr: str
        """First address."""
        perms: str
        """Such as `r-xp`: read, write, execute, private or shared."""
        path: str
        """Of the file."""
        rss: int
        """In physical memory."""

elif sys.platform.startswith("freebsd"):
    class pmmap_ext(NamedTuple):
        """A mapping of memory, in bytes."""

        addr: str
        """First and last address."""
        perms: str
        """Such as `r-x`: read, write, execute."""
        path: str
        """Of the file, or such as `[swap]` and `[vnode]`."""
        rss: int
        """In physical memory."""
        private: int
        """In physical memory of what is mapped, if it lies on nothing else."""
        ref_count: int
        """How often what is mapped is referred to."""
        shadow_count: int
        """How many copies lie on what is mapped."""

elif (
    sys.platform == "darwin"
    or sys.platform.startswith("netbsd")
    or sys.platform.startswith("openbsd")
):
    class pmmap_ext(NamedTuple):
        """A mapping of memory, in bytes."""

        addr: str
        """First and last address."""
        perms: str
        """Such as `r-xp`: read, write, execute, private or shared."""
        path: str
        """Of the file, or such as `[heap]` and `[anon]`."""
        rss: int
        """In physical memory."""

else:
    class pmmap_ext(NamedTuple):
        """A mapping of memory, in bytes."""

        addr: str
        """First and last address."""
        perms: str
        """Such as `r-xp`: read, write, execute, private or shared."""
        path: str
        """Of the file, or such as `[heap]` and `[anon]`."""
        rss: int
        """In physical memory."""
        size: int
        """Of the address space."""
        pss: int
        """What only it uses, and its part of what it shares."""
        shared_clean: int
        """Shared, as it is on the disk."""
        shared_dirty: int
        """Shared, changed."""
        private_clean: int
        """Not shared, as it is on the disk."""
        private_dirty: int
        """Not shared, changed."""
        referenced: int
        """Used recently."""
        anonymous: int
        """In no file."""
        swap: int
        """In swap."""

class pthread_ex(NamedTuple):
    """A thread, with what it is called and does."""

    id: int
    """Its number."""
    name: str
    """Its name."""
    status: ProcessStatus
    """What it is doing."""
    user_time: float
    """In its code, in seconds."""
    system_time: float
    """In the kernel, for it, in seconds."""
    cpu_num: int | None
    """The CPU that it ran on last."""
    nice: int
    """Its niceness."""

class pdescriptor(NamedTuple):
    """Something that a process has open."""

    fd: int
    """Descriptor."""
    type: str
    """`file`, `directory`, `character`, `block`, `fifo`, `socket`, `pipe`,
    `memory`, `anonymous` or `other`."""
    path: str
    """Absolute path, or what it is called instead."""
    deleted: bool
    """Whether it was deleted since."""
    position: int
    """Where it is read or written next, in bytes."""
    mode: str
    """As for `open()`."""
    flags: int
    """Those of the system call `open`."""

class pcapabilities(NamedTuple):
    """Capability sets, with a bit for each capability."""

    inheritable: int
    """Kept when a program with the same is started."""
    permitted: int
    """What it can make effective."""
    effective: int
    """What it can do now."""
    bounding: int
    """What it can ever get."""
    ambient: int
    """Kept when any program is started."""

class pcgroup(NamedTuple):
    """A control group that a process is in."""

    hierarchy: int
    """Its number; 0 is version 2."""
    controllers: list[str]
    """What is controlled there (version 1)."""
    path: str
    """Where it is in the hierarchy."""

class pnamespaces(NamedTuple):
    """Namespaces of a process, as inodes; `None` is not known."""

    cgroup: int | None
    """Of control groups."""
    ipc: int | None
    """Of shared memory, queues and semaphores."""
    mnt: int | None
    """Of mounts."""
    net: int | None
    """Of the network."""
    pid: int | None
    """Of PIDs."""
    pid_for_children: int | None
    """Of PIDs, for children that are created from now on."""
    time: int | None
    """Of clocks."""
    time_for_children: int | None
    """Of clocks, for children that are created from now on."""
    user: int | None
    """Of users."""
    uts: int | None
    """Of the host name."""
