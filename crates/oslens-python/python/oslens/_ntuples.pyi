"""The types of `_ntuples.py`, which makes them when they are needed."""

import socket
from typing import NamedTuple, Union

from ._enums import (
    AddressFamily,
    BatteryTime,
    ConnectionStatus,
    NicDuplex,
    ProcessIOPriority,
)

# Numbers without a name stay numbers.
_Family = Union[socket.AddressFamily, AddressFamily, int]
_Type = Union[socket.SocketKind, int]
# A pair for the Internet, a path for UNIX sockets, () for no address.
_Address = Union["addr", str, tuple[()]]

class scputimes(NamedTuple):
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
    ctx_switches: int
    interrupts: int
    soft_interrupts: int
    syscalls: int

class scpufreq(NamedTuple):
    current: float
    min: float
    max: float

class scpulimit(NamedTuple):
    online: int
    allowed: int
    quota: float | None
    cpus: float
    parallelism: int

class svmem(NamedTuple):
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
    total: int
    used: int
    free: int
    percent: float
    sin: int
    sout: int

class smemlimit(NamedTuple):
    total: int
    available: int
    percent: float
    used: int
    limit: int | None

class sswapdevice(NamedTuple):
    path: str
    is_file: bool
    total: int
    used: int
    priority: int

class szfsarc(NamedTuple):
    size: int
    target: int
    min: int
    max: int
    hits: int
    misses: int

class pheap(NamedTuple):
    heap_used: int
    mmap_used: int

class sdiskpart(NamedTuple):
    device: str
    mountpoint: str
    fstype: str
    opts: str

class sdiskusage(NamedTuple):
    total: int
    used: int
    free: int
    percent: float

class sdiskio(NamedTuple):
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
    bytes_sent: int
    bytes_recv: int
    packets_sent: int
    packets_recv: int
    errin: int
    errout: int
    dropin: int
    dropout: int

class sconn(NamedTuple):
    fd: int
    family: _Family
    type: _Type
    laddr: _Address
    raddr: _Address
    status: ConnectionStatus
    pid: int | None

class addr(NamedTuple):
    ip: str
    port: int

class snicaddr(NamedTuple):
    family: _Family
    address: str | None
    netmask: str | None
    broadcast: str | None
    ptp: str | None

class snicstats(NamedTuple):
    isup: bool
    duplex: NicDuplex
    speed: int
    mtu: int
    flags: str

class shwtemp(NamedTuple):
    label: str
    current: float
    high: float | None
    critical: float | None

class sfan(NamedTuple):
    label: str
    current: int

class sbattery(NamedTuple):
    percent: float
    secsleft: int | BatteryTime
    power_plugged: bool | None

class sbatteryinfo(NamedTuple):
    name: str
    scope: str | None
    percent: float | None
    status: str | None
    power_plugged: bool | None
    secsleft: int | BatteryTime | None
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
    name: str
    terminal: str | None
    host: str
    started: float | None
    pid: int | None

class spressure(NamedTuple):
    some: sstall | None
    full: sstall | None

class sstall(NamedTuple):
    avg10: float
    avg60: float
    avg300: float
    total: float

class scgrouplimits(NamedTuple):
    memory: int | None
    memory_high: int | None
    swap: int | None
    cpus: float | None
    cpuset: list[int] | None
    processes: int | None
    cpu_weight: int | None
    cpu_shares: int | None

class scgroupusage(NamedTuple):
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
    user: float
    system: float
    children_user: float
    children_system: float
    iowait: float

class pmem(NamedTuple):
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
    uss: int
    pss: int
    swap: int

class pfullmem(NamedTuple):
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
    minor: int
    major: int

class popenfile(NamedTuple):
    path: str
    fd: int
    position: int
    mode: str
    flags: int

class pthread(NamedTuple):
    id: int
    user_time: float
    system_time: float

class puids(NamedTuple):
    real: int
    effective: int
    saved: int

class pgids(NamedTuple):
    real: int
    effective: int
    saved: int

class pio(NamedTuple):
    read_count: int
    write_count: int
    read_bytes: int
    write_bytes: int
    read_chars: int
    write_chars: int

class pionice(NamedTuple):
    ioclass: ProcessIOPriority
    value: int

class pctxsw(NamedTuple):
    voluntary: int
    involuntary: int

class pconn(NamedTuple):
    fd: int
    family: _Family
    type: _Type
    laddr: _Address
    raddr: _Address
    status: ConnectionStatus

class pmmap_grouped(NamedTuple):
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
