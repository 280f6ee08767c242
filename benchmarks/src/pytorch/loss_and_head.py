"""Times DB-Focal and an AdamW head step in PyTorch, written from the formulas. Prints JSON: {version, threads, matrixProducts, ms: {case: median}}."""
import json
import sys

import torch

from distribution_balanced import problem
from measuring import matrix_products, median_ms

request = json.load(sys.stdin)
torch.set_num_threads(request["threads"])

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
