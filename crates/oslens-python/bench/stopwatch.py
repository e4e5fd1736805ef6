"""Times of two callables, taken in turns: what disturbs the machine disturbs
both."""

import gc
import statistics
import time


# Of a busy machine's, `time.process_time` (all threads' CPU time) is steadier.
clock = time.perf_counter


def seconds(call, times):
    """What one of so many calls takes."""
    begin = clock()
    for _ in range(times):
        call()
    return (clock() - begin) / times


def repetitions(call, wanted):
    """How many calls take about so many seconds."""
    times = 1
    while True:
        spent = seconds(call, times) * times
        if spent * 2 >= wanted or times >= 1 << 16:
            return max(1, round(times * wanted / max(spent, 1e-9)))
        times *= 4


class Comparison:
    """One piece of work: seconds per call of both, and how many times faster
    oslens is, as the median over rounds."""

    def __init__(self, work, psutil, oslens):
        self.work = work
        self.psutil = statistics.median(psutil)
        self.oslens = statistics.median(oslens)
        self.ratio = statistics.median(a / b for a, b in zip(psutil, oslens))


def compare(work, psutil, oslens, rounds, wanted=0.001):
    """Both callables in turns, each for `wanted` seconds a round."""
    for call in (oslens, psutil):
        call()
    times = [min(repetitions(call, wanted), 5000) for call in (psutil, oslens)]
    taken = ([], [])
    gc.collect()
    gc.disable()
    try:
        for turn in range(rounds):
            # Who comes second finds warmer caches: each does every other time.
            for which in (0, 1) if turn % 2 else (1, 0):
                call = (psutil, oslens)[which]
                taken[which].append(seconds(call, times[which]))
    finally:
        gc.enable()
    return Comparison(work, *taken)
