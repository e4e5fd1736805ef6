"""psutil as a contestant: the protocol of src/serve.rs on stdin and stdout."""

import sys
import time

import psutil

TABLE = [
    "pid",
    "ppid",
    "name",
    "status",
    "uids",
    "cpu_times",
    "memory_info",
    "num_threads",
    "create_time",
]
DETAIL = TABLE + ["cmdline", "exe", "io_counters", "num_fds"]


def iterate(attrs):
    # What process_iter fills in is kept in .info: that is psutil's own best
    # way to many fields of many processes.
    return [p.info for p in psutil.process_iter(attrs)]


def table():
    return len(iterate(TABLE))


JOBS = {
    "pids": lambda: len(psutil.pids()),
    # `uids` has both the real and the effective user: one line or the other,
    # psutil does the same work.
    "table": table,
    "table-ruid": table,
    "table-full": lambda: len(iterate(DETAIL)),
    "children": lambda: len(psutil.Process(1).children(recursive=True)),
    "sockets-owners": lambda: len(psutil.net_connections("inet")),
    "footprint": lambda: len(iterate(["memory_full_info"])),
    "sample": lambda: len(iterate(["cpu_times", "memory_info"])),
    "virtual-memory": lambda: 1 if psutil.virtual_memory().total else 0,
    "cpu-times": lambda: len(psutil.cpu_times(percpu=True)),
    "disk-io": lambda: len(psutil.disk_io_counters(perdisk=True)),
    "net-io": lambda: len(psutil.net_io_counters(pernic=True)),
    "boot-time": lambda: 1 if psutil.boot_time() else 0,
}


def answer(line):
    words = line.split()
    if words == ["jobs"]:
        return "jobs " + " ".join(JOBS)
    if len(words) == 3 and words[0] == "run":
        job = JOBS.get(words[1])
        if job is None:
            return "err no such job"
        took = []
        for _ in range(int(words[2])):
            begin = time.perf_counter_ns()
            rows = job()
            took.append(time.perf_counter_ns() - begin)
        return "ok {} 0 {}".format(rows, " ".join(map(str, took)))
    return "err unknown command"


def main():
    for line in sys.stdin:
        if line.strip() == "exit":
            break
        try:
            print(answer(line), flush=True)
        except Exception as error:
            print("err {}: {}".format(type(error).__name__, error), flush=True)


if __name__ == "__main__":
    main()
