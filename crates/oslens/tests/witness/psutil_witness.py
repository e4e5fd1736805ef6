"""Prints what psutil sees, as JSON, for the tests that compare with it.

    psutil_witness.py system
    psutil_witness.py process PID [PID...]

Values that psutil refuses are {"error": "AccessDenied"} and the like.
"""

import json
import os
import sys
import warnings

import psutil

warnings.simplefilter("ignore")


def plain(value):
    """Named tuples to dicts, bytes that are not UTF-8 to lossless text."""
    if hasattr(value, "_asdict"):
        return {key: plain(item) for key, item in value._asdict().items()}
    if isinstance(value, dict):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set)):
        return [plain(item) for item in value]
    if isinstance(value, str):
        return os.fsencode(value).decode("utf-8", "replace")
    return value


def call(function, *args, **kwargs):
    try:
        return plain(function(*args, **kwargs))
    except psutil.Error as error:
        return {"error": type(error).__name__}
    except (
        OSError, NotImplementedError, RuntimeError, ValueError, LookupError
    ) as error:
        return {"error": type(error).__name__, "text": str(error)}


def system():
    return {
        "version": psutil.__version__,
        "cpu_times": call(psutil.cpu_times),
        "cpu_times_percpu": call(psutil.cpu_times, percpu=True),
        "cpu_count": call(psutil.cpu_count),
        "cpu_count_physical": call(psutil.cpu_count, logical=False),
        "cpu_stats": call(psutil.cpu_stats),
        "cpu_freq": call(psutil.cpu_freq),
        "cpu_freq_percpu": call(psutil.cpu_freq, percpu=True),
        "getloadavg": call(psutil.getloadavg),
        "virtual_memory": call(psutil.virtual_memory),
        "swap_memory": call(psutil.swap_memory),
        "disk_partitions": call(psutil.disk_partitions),
        "disk_partitions_all": call(psutil.disk_partitions, all=True),
        "disk_usage": call(psutil.disk_usage, "/"),
        "disk_io_counters": call(psutil.disk_io_counters, nowrap=False),
        "disk_io_counters_perdisk": call(
            psutil.disk_io_counters, perdisk=True, nowrap=False
        ),
        "net_io_counters_pernic": call(
            psutil.net_io_counters, pernic=True, nowrap=False
        ),
        "net_connections": call(psutil.net_connections, kind="all"),
        "net_if_addrs": call(psutil.net_if_addrs),
        "net_if_stats": call(psutil.net_if_stats),
        "sensors_temperatures": call(psutil.sensors_temperatures),
        "sensors_fans": call(psutil.sensors_fans),
        "sensors_battery": call(psutil.sensors_battery),
        "boot_time": call(psutil.boot_time),
        "users": call(psutil.users),
        "pids": call(psutil.pids),
    }


METHODS = [
    "name", "exe", "cmdline", "environ", "cwd", "ppid", "status",
    "create_time", "terminal", "uids", "gids", "username", "nice", "ionice",
    "cpu_affinity", "cpu_num", "cpu_times", "memory_info",
    "memory_full_info", "num_ctx_switches", "num_threads", "threads",
    "num_fds", "open_files", "io_counters", "is_running",
]


def process(pid):
    try:
        proc = psutil.Process(pid)
    except psutil.Error as error:
        return {"error": type(error).__name__}
    result = {method: call(getattr(proc, method)) for method in METHODS}
    result["net_connections"] = call(proc.net_connections, kind="all")
    result["memory_maps"] = call(proc.memory_maps, grouped=False)
    result["memory_maps_grouped"] = call(proc.memory_maps, grouped=True)
    result["parents"] = call(lambda: [parent.pid for parent in proc.parents()])
    result["children"] = call(
        lambda: sorted(child.pid for child in proc.children(recursive=True))
    )
    result["rlimits"] = {
        name: call(proc.rlimit, getattr(psutil, name))
        for name in dir(psutil)
        if name.startswith("RLIMIT_")
    }
    return result


def main():
    if sys.argv[1:2] == ["system"]:
        answer = system()
    elif sys.argv[1:2] == ["process"]:
        answer = {pid: process(int(pid)) for pid in sys.argv[2:]}
    else:
        sys.exit(__doc__)
    json.dump(answer, sys.stdout)


if __name__ == "__main__":
    main()
