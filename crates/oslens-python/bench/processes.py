"""Times of processes beside psutil's: `python bench/processes.py [CHILDREN]`."""

import os, statistics, subprocess, sys, time, warnings
import oslens, psutil

warnings.simplefilter("ignore")


def best(call, n):
    t = time.perf_counter()
    for _ in range(n):
        call()
    return (time.perf_counter() - t) / n


def compare(name, a, b, n=300, rounds=5):
    ours, theirs = [], []
    for _ in range(rounds):
        ours.append(best(a, n))
        theirs.append(best(b, n))
    o, t = min(ours), min(theirs)
    print(f"{name:32} {o * 1e6:10.2f} us {t * 1e6:10.2f} us {t / o:7.2f}x", flush=True)
    return t / o


children = [
    subprocess.Popen(["sleep", "1000"])
    for _ in range(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
]
try:
    pid = os.getpid()
    p, q = oslens.Process(pid), psutil.Process(pid)
    ratios = {}
    for name in "ppid name exe cmdline environ create_time status cwd username uids gids terminal num_fds io_counters cpu_num cpu_times cpu_percent memory_info memory_full_info memory_percent memory_maps num_ctx_switches num_threads threads open_files net_connections nice ionice cpu_affinity is_running parent parents".split():
        n = 20 if name in ("memory_full_info", "memory_maps") else 200
        ratios[name] = compare(name, getattr(p, name), getattr(q, name), n)
    ratios["Process()"] = compare(
        "Process(pid)", lambda: oslens.Process(pid), lambda: psutil.Process(pid)
    )
    ratios["children"] = compare("children", p.children, q.children, 2)
    ratios["rlimit"] = compare("rlimit", lambda: p.rlimit(7), lambda: q.rlimit(7))
    print(
        "median",
        statistics.median(ratios.values()),
        "slower:",
        [k for k, v in ratios.items() if v < 1],
    )
    compare("as_dict()", p.as_dict, q.as_dict, 10)
    attrs = "pid ppid name status username cpu_times memory_info create_time".split()
    compare(
        "process_iter(8)",
        lambda: list(oslens.process_iter(attrs)),
        lambda: list(psutil.process_iter(attrs)),
        1,
        7,
    )
    compare(
        "processes(8)",
        lambda: oslens.processes(attrs),
        lambda: list(psutil.process_iter(attrs)),
        1,
        7,
    )
    compare(
        "processes(8, columns)",
        lambda: oslens.processes(attrs, columns=True),
        lambda: list(psutil.process_iter(attrs)),
        1,
        7,
    )
    compare(
        "process_iter()",
        lambda: list(oslens.process_iter()),
        lambda: list(psutil.process_iter()),
        1,
        7,
    )
    s = oslens.Sampler(["pid", "cpu_percent", "rss"])
    s.sample()
    compare(
        "Sampler.sample",
        s.sample,
        lambda: list(psutil.process_iter(["pid", "cpu_percent", "memory_info"])),
        1,
        7,
    )
finally:
    for c in children:
        c.kill()
    for c in children:
        c.wait()
