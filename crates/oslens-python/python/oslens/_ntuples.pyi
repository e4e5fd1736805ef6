import socket
from typing import NamedTuple

from ._enums import (
    AddressFamily,
    ConnectionStatus,
    NicDuplex,
    ProcessIOPriority,
    ProcessStatus,
)

class scputimes(NamedTuple):
    """CPU times in seconds, or percentages of them."""

    user: float
    system: float
    idle: float
    nice: float
    iowait: float
    irq: float
    softirq: float
    steal: float
    guest: float
    guest_nice: float

class scpustats(NamedTuple):
    """Counts since boot."""

    ctx_switches: int
    interrupts: int
    soft_interrupts: int
    syscalls: int

class scpufreq(NamedTuple):
    """Frequencies in MHz."""

    current: float
    min: float
    max: float

class scpulimit(NamedTuple):
    """CPUs that a process may use."""

    online: int
    allowed: int | None
    quota: float | None
    cpus: float
    parallelism: int

class svmem(NamedTuple):
    """Memory in bytes; `percent` is what is not available."""

    total: int
    available: int
    percent: float
    used: int
    free: int
    active: int
    inactive: int
    buffers: int
    cached: int
    shared: int
    slab: int

class sswap(NamedTuple):
    """Swap space in bytes."""

    total: int
    used: int
    free: int
    percent: float
    sin: int
    sout: int

class smemlimit(NamedTuple):
    """Memory in bytes that a process may use."""

    total: int
    available: int
    percent: float
    used: int
    limit: int | None

class sswapdevice(NamedTuple):
    """A swap partition or file."""

    path: str
    is_file: bool
    total: int
    used: int
    priority: int

class szfsarc(NamedTuple):
    """The cache of ZFS, in bytes."""

    size: int
    target: int | None
    min: int | None
    max: int | None
    hits: int | None
    misses: int | None

class pheap(NamedTuple):
    """Bytes allocated from the C library."""

    heap_used: int
    mmap_used: int

class sdiskpart(NamedTuple):
    """Something that is mounted."""

    device: str
    mountpoint: str
    fstype: str
    opts: str

class sdiskusage(NamedTuple):
    """Space of a file system in bytes."""

    total: int
    used: int
    free: int
    percent: float

class sdiskio(NamedTuple):
    """What was read and written; times in milliseconds."""

    read_count: int
    write_count: int
    read_bytes: int
    write_bytes: int
    read_time: int
    write_time: int
    read_merged_count: int
    write_merged_count: int
    busy_time: int

class snetio(NamedTuple):
    """What went through network interfaces."""

    bytes_sent: int
    bytes_recv: int
    packets_sent: int
    packets_recv: int
    errin: int
    errout: int
    dropin: int
    dropout: int

class sconn(NamedTuple):
    """A socket of the machine."""

    fd: int
    family: socket.AddressFamily
    type: socket.SocketKind | int
    laddr: addr | tuple[()] | str
    raddr: addr | tuple[()] | str
    status: ConnectionStatus
    pid: int | None

class addr(NamedTuple):
    """An Internet address."""

    ip: str
    port: int

class snicaddr(NamedTuple):
    """An address of a network interface."""

    family: socket.AddressFamily | AddressFamily
    address: str | None
    netmask: str | None
    broadcast: str | None
    ptp: str | None

class snicstats(NamedTuple):
    """The state of a network interface; `speed` in Mbit/s."""

    isup: bool
    duplex: NicDuplex
    speed: int
    mtu: int
    flags: str

class shwtemp(NamedTuple):
    """A temperature."""

    label: str
    current: float
    high: float | None
    critical: float | None

class sfan(NamedTuple):
    """The speed of a fan in revolutions per minute."""

    label: str
    current: int

class sbattery(NamedTuple):
    """The battery of the machine."""

    percent: float
    secsleft: int
    power_plugged: bool | None

class sbatteryinfo(NamedTuple):
    """A battery; energy in Wh, charge in Ah, power in W, voltage in V."""

    name: str
    scope: str
    percent: float | None
    status: str | None
    power_plugged: bool | None
    secsleft: int
    secs_to_full: int | None
    power: float | None
    voltage: float | None
    energy_now: float | None
    energy_full: float | None
    energy_full_design: float | None
    charge_now: float | None
    charge_full: float | None
    charge_full_design: float | None
    cycle_count: int | None
    health: float | None
    technology: str | None
    manufacturer: str | None
    model: str | None
    serial_number: str | None

class suser(NamedTuple):
    """Somebody who is logged in."""

    name: str
    terminal: str | None
    host: str
    started: float | None
    pid: int | None

class spressure(NamedTuple):
    """Pressure on a resource."""

    some: sstall | None
    full: sstall | None

class sstall(NamedTuple):
    """Percent of the last 10, 60 and 300 seconds; `total` in seconds."""

    avg10: float
    avg60: float
    avg300: float
    total: float

class scgrouplimits(NamedTuple):
    """What control groups allow."""

    memory: int | None
    memory_high: int | None
    swap: int | None
    cpus: float | None
    cpuset: list[int] | None
    processes: int | None
    cpu_weight: int | None
    cpu_shares: int | None

class scgroupusage(NamedTuple):
    """What a control group uses; times in seconds."""

    memory: int | None
    inactive_file: int | None
    swap: int | None
    processes: int | None
    cpu: float | None
    cpu_user: float | None
    cpu_system: float | None
    periods: int | None
    throttled_periods: int | None
    throttled_time: float | None
    read_bytes: int | None
    write_bytes: int | None

class pcputimes(NamedTuple):
    """CPU times of a process in seconds."""

    user: float
    system: float
    children_user: float
    children_system: float
    iowait: float

class pmem(NamedTuple):
    """Memory of a process in bytes."""

    rss: int
    vms: int
    shared: int
    text: int
    data: int
    @property
    def lib(self) -> int: ...
    @property
    def dirty(self) -> int: ...

class pmem_ex(NamedTuple):
    """More of the memory of a process, in bytes."""

    rss: int
    vms: int
    shared: int
    text: int
    data: int
    peak_rss: int
    peak_vms: int
    rss_anon: int
    rss_file: int
    rss_shmem: int
    swap: int
    hugetlb: int
    @property
    def lib(self) -> int: ...
    @property
    def dirty(self) -> int: ...

class pfootprint(NamedTuple):
    """Memory that belongs to a process, in bytes."""

    uss: int
    pss: int
    swap: int

class pfullmem(NamedTuple):
    """`pmem` and `pfootprint`."""

    rss: int
    vms: int
    shared: int
    text: int
    data: int
    uss: int
    pss: int
    swap: int
    @property
    def lib(self) -> int: ...
    @property
    def dirty(self) -> int: ...

class ppagefaults(NamedTuple):
    """Page faults of a process."""

    minor: int
    major: int

class popenfile(NamedTuple):
    """A file that a process has open."""

    path: str
    fd: int
    position: int
    mode: str
    flags: int

class pthread(NamedTuple):
    """A thread and its CPU times in seconds."""

    id: int
    user_time: float
    system_time: float

class puids(NamedTuple):
    """User IDs of a process."""

    real: int
    effective: int
    saved: int

class pgids(NamedTuple):
    """Group IDs of a process."""

    real: int
    effective: int
    saved: int

class pio(NamedTuple):
    """Input and output of a process."""

    read_count: int
    write_count: int
    read_bytes: int
    write_bytes: int
    read_chars: int
    write_chars: int

class pionice(NamedTuple):
    """Priority of input and output."""

    ioclass: ProcessIOPriority
    value: int

class pctxsw(NamedTuple):
    """Context switches of a process."""

    voluntary: int
    involuntary: int

class pconn(NamedTuple):
    """A socket of a process."""

    fd: int
    family: socket.AddressFamily
    type: socket.SocketKind | int
    laddr: addr | tuple[()] | str
    raddr: addr | tuple[()] | str
    status: ConnectionStatus

class pmmap_grouped(NamedTuple):
    """Memory mapped from one file, in bytes."""

    path: str
    rss: int
    size: int
    pss: int
    shared_clean: int
    shared_dirty: int
    private_clean: int
    private_dirty: int
    referenced: int
    anonymous: int
    swap: int

class pmmap_ext(NamedTuple):
    """A mapping of memory, in bytes."""

    addr: str
    perms: str
    path: str
    rss: int
    size: int
    pss: int
    shared_clean: int
    shared_dirty: int
    private_clean: int
    private_dirty: int
    referenced: int
    anonymous: int
    swap: int

class pthread_ex(NamedTuple):
    """A thread, with what it is called and does."""

    id: int
    name: str
    status: ProcessStatus
    user_time: float
    system_time: float
    cpu_num: int | None
    nice: int

class pdescriptor(NamedTuple):
    """Something that a process has open."""

    fd: int
    type: str
    path: str
    deleted: bool
    position: int
    mode: str
    flags: int

class pcapabilities(NamedTuple):
    """Capability sets, a bit for each capability."""

    inheritable: int
    permitted: int
    effective: int
    bounding: int
    ambient: int

class pcgroup(NamedTuple):
    """A control group that a process is in."""

    hierarchy: int
    controllers: list[str]
    path: str

class pnamespaces(NamedTuple):
    """Inodes of namespaces."""

    cgroup: int | None
    ipc: int | None
    mnt: int | None
    net: int | None
    pid: int | None
    pid_for_children: int | None
    time: int | None
    time_for_children: int | None
    user: int | None
    uts: int | None
