"""What every measurement in PyTorch needs."""
import os
import resource
import statistics
import sys
import time


def median_ms(run, repeats):
    for _ in range(3):
        run()
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        run()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def matrix_products():
    """The libraries that multiply matrices, as they are loaded: the reference BLAS is many times slower than OpenBLAS or MKL."""
    try:
        with open("/proc/self/maps") as maps:
            paths = {os.path.realpath(line.split()[-1]) for line in maps if "/" in line}
    except OSError:
        return "unknown"
    names = [name for name in ("openblas", "mkl", "blis", "accelerate") if any(name in path.lower() for path in paths)]
    return ", ".join(names) or ("reference BLAS" if any("libblas" in path for path in paths) else "built in")


def peak_memory_mib():
    """The most memory that this process has had so far."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    # Linux counts kibibytes, macOS bytes.
    return peak / (2**20 if sys.platform == "darwin" else 2**10)
