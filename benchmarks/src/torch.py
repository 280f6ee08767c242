"""Times DB-Focal and an AdamW head step in PyTorch, written from the formulas. Prints JSON: {version, threads, matrixProducts, ms: {case: median}}."""
import json
import os
import statistics
import sys
import time

import torch
import torch.nn.functional as F

request = json.load(sys.stdin)
torch.set_num_threads(request["threads"])


def median_ms(run, repeats):
    for _ in range(3):
        run()
    times = []
    for _ in range(repeats):
        started = time.perf_counter()
        run()
        times.append((time.perf_counter() - started) * 1000)
    return statistics.median(times)


def distribution_balanced(counts, total):
    inverse = 1 / counts
    shift = 0.05 * torch.log(counts / (total - counts))

    def loss(z, y):
        weight = 0.1 + torch.sigmoid(10 * (inverse / (y * inverse).sum(1, keepdim=True) - 0.2))
        z = z + shift
        u = torch.where(y > 0.5, -z, 2 * z)
        element = 2 * torch.sigmoid(u) ** 2 * F.softplus(u)
        return (weight * torch.where(y > 0.5, element, element / 2)).mean()

    return loss


def problem(batch, classes):
    generator = torch.Generator().manual_seed(7)
    prior = 0.3 / (1 + torch.arange(classes) / 4)
    counts = torch.clamp((prior * 100000).round(), min=1)
    logits = 2 * torch.randn(batch, classes, generator=generator)
    labels = (torch.rand(batch, classes, generator=generator) < prior).float()
    return logits, labels, distribution_balanced(counts, 100000.0)


def matrix_products():
    """The libraries that multiply matrices, as they are loaded: the reference BLAS is many times slower than OpenBLAS or MKL."""
    try:
        with open("/proc/self/maps") as maps:
            paths = {os.path.realpath(line.split()[-1]) for line in maps if "/" in line}
    except OSError:
        return "unknown"
    names = [name for name in ("openblas", "mkl", "blis", "accelerate") if any(name in path.lower() for path in paths)]
    return ", ".join(names) or ("reference BLAS" if any("libblas" in path for path in paths) else "built in")


result = {}
for batch, classes, repeats in request["losses"]:
    logits, labels, loss = problem(batch, classes)
    logits.requires_grad_(True)

    def run():
        logits.grad = None
        loss(logits, labels).backward()

    result[f"loss {batch}x{classes}"] = median_ms(run, repeats)

for batch, features, classes, repeats in request["heads"]:
    _, labels, loss = problem(batch, classes)
    head = torch.nn.Linear(features, classes)
    optimizer = torch.optim.AdamW(head.parameters(), lr=1e-3, weight_decay=0.01)
    data = torch.randn(batch, features)

    def run():
        optimizer.zero_grad()
        loss(head(data), labels).backward()
        optimizer.step()

    result[f"head {features}x{classes}"] = median_ms(run, repeats)

print(json.dumps({"version": torch.__version__, "threads": torch.get_num_threads(), "matrixProducts": matrix_products(), "ms": result}))
