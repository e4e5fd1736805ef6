"""Every system function and every method of Process, with the arguments that
matter."""

import os
import signal
import warnings

# Calls without arguments of the module.
FUNCTIONS = """
    boot_time cpu_count cpu_freq cpu_percent cpu_stats cpu_times
    cpu_times_percent disk_io_counters disk_partitions getloadavg net_connections
    net_if_addrs net_if_stats net_io_counters pids process_iter sensors_battery
    sensors_fans sensors_temperatures swap_memory users virtual_memory heap_info
    heap_trim
""".split()

# Methods without arguments.
METHODS = """
    as_dict children cmdline cpu_affinity cpu_num cpu_percent cpu_times
    create_time cwd environ exe gids io_counters ionice is_running
    memory_full_info memory_info memory_maps memory_percent name net_connections
    nice num_ctx_switches num_fds num_threads open_files parent parents ppid
    status terminal threads uids username resume __str__ __hash__
""".split()


def functions(module):
    """Work to callable, for this module."""
    made = {f"{name}()": getattr(module, name, None) for name in FUNCTIONS}
    # psutil's is exhausted by nobody otherwise.
    made["process_iter()"] = lambda: list(module.process_iter())
    pid = os.getpid()
    made |= {
        "cpu_count(logical=False)": lambda: module.cpu_count(logical=False),
        "cpu_freq(percpu=True)": lambda: module.cpu_freq(percpu=True),
        "cpu_percent(percpu=True)": lambda: module.cpu_percent(percpu=True),
        "cpu_times(percpu=True)": lambda: module.cpu_times(percpu=True),
        "cpu_times_percent(percpu=True)": lambda: module.cpu_times_percent(percpu=True),
        "disk_io_counters(perdisk=True)": lambda: module.disk_io_counters(perdisk=True),
        "disk_io_counters(nowrap=False)": lambda: module.disk_io_counters(nowrap=False),
        "disk_partitions(all=True)": lambda: module.disk_partitions(all=True),
        'disk_usage("/")': lambda: module.disk_usage("/"),
        'net_connections("all")': lambda: module.net_connections("all"),
        'net_connections("tcp4")': lambda: module.net_connections("tcp4"),
        'net_connections("unix")': lambda: module.net_connections("unix"),
        "net_io_counters(pernic=True)": lambda: module.net_io_counters(pernic=True),
        "net_io_counters(nowrap=False)": lambda: module.net_io_counters(nowrap=False),
        "pid_exists(pid)": lambda: module.pid_exists(pid),
        "pid_exists(2**22 - 1)": lambda: module.pid_exists(2**22 - 1),
        "Process()": module.Process,
        "Process(pid)": lambda: module.Process(pid),
        "wait_procs([process], 0)": (
            lambda processes: lambda: module.wait_procs(processes, timeout=0)
        )([module.Process()]),
    }
    return {work: call for work, call in made.items() if call}


def methods(module, pid):
    """The same for the methods, on a process that sleeps."""
    process = module.Process(pid)
    made = {f"{name}()": getattr(process, name, None) for name in METHODS}
    other = module.Process()
    no_file = module.RLIMIT_NOFILE
    best_effort = module.IOPRIO_CLASS_BE
    cpus = process.cpu_affinity()

    def oneshot():
        with process.oneshot():
            process.name()
            process.ppid()
            process.status()
            process.cpu_times()
            process.memory_info()
            process.uids()
            process.num_ctx_switches()
            process.num_threads()

    made |= {
        "process == other": lambda: process == other,
        "nice(0)": lambda: process.nice(0),
        "ionice(IOPRIO_CLASS_BE, 4)": lambda: process.ionice(best_effort, 4),
        "cpu_affinity(cpus)": lambda: process.cpu_affinity(cpus),
        "rlimit(RLIMIT_NOFILE)": lambda: process.rlimit(no_file),
        "send_signal(SIGCONT)": lambda: process.send_signal(signal.SIGCONT),
        "children(recursive=True)": lambda: other.children(recursive=True),
        "memory_maps(grouped=False)": lambda: process.memory_maps(grouped=False),
        'memory_percent("uss")': lambda: process.memory_percent("uss"),
        'net_connections("all")': lambda: process.net_connections("all"),
        "oneshot(), 8 methods": oneshot,
        "as_dict() of 8": lambda: process.as_dict(EIGHT),
    }
    return {work: call for work, call in made.items() if call}


EIGHT = "pid ppid name status username cpu_times memory_info create_time".split()

warnings.simplefilter("ignore")
