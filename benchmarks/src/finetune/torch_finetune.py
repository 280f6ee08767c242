"""
Times a fine-tuning step of ViT-S/16 at 224 in PyTorch: forward, DB-Focal, backward and AdamW.

Reads a request of JSON from standard input:

    {threads, batchSize, classCount, repeats, trainable}

`trainable` is a regular expression; parameters whose names it matches are trained, such as
`encoder\\.layer\\.1[01]\\.|classifier`. Prints JSON:

    {version, threads, matrixProducts, trainedParameters, ms, peakMemoryMiB, memoryBeforeModelMiB}

`ms` is the median of `repeats` steps. Memory is the largest resident size so far: at the end, and before the model is built,
which is what Python and PyTorch take. With `--export FILE` it times nothing and writes the same model, weights included, as
ONNX of opset 17 (needs the package onnx).
"""
import argparse
import json
import pathlib
import re
import sys

import torch

benchmarks = pathlib.Path(__file__).parents[1]
# The architecture is the one that the tests of @dbloss/onnx-training differentiate.
sys.path += [str(benchmarks / "pytorch"), str(benchmarks.parents[1] / "packages/onnx-training/test/fixtures/whole-models")]

from distribution_balanced import problem
from generator.architectures.vit import ViTForImageClassification
from generator.randomise import randomise
from measuring import matrix_products, median_ms, peak_memory_mib

IMAGE = 224


def build(class_count):
    """The same random weights in every run."""
    torch.manual_seed(7)
    model = ViTForImageClassification(class_count, image=IMAGE).eval()
    randomise(model, IMAGE, keep_normalisation=False)
    return model


def measure(request):
    torch.set_num_threads(request["threads"])
    memory_before_model = peak_memory_mib()
    model = build(request["classCount"])
    for name, parameter in model.named_parameters():
        # Below the first trained parameter autograd then records nothing, as under no_grad.
        parameter.requires_grad_(re.search(request["trainable"], name) is not None)
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.AdamW(trained, lr=1e-4, weight_decay=0.01)
    _, labels, loss = problem(request["batchSize"], request["classCount"])
    pixels = torch.randn(request["batchSize"], 3, IMAGE, IMAGE)

    def step():
        optimizer.zero_grad()
        loss(model(pixels), labels).backward()
        optimizer.step()

    ms = median_ms(step, request["repeats"])
    return {
        "version": torch.__version__,
        "threads": torch.get_num_threads(),
        "matrixProducts": matrix_products(),
        "trainedParameters": sum(parameter.numel() for parameter in trained),
        "ms": ms,
        "peakMemoryMiB": peak_memory_mib(),
        "memoryBeforeModelMiB": memory_before_model,
    }


def write_onnx(request, file):
    from generator.export import export

    file.write_bytes(export(build(request["classCount"]), IMAGE, opset=17, fold=True).SerializeToString())


arguments = argparse.ArgumentParser()
arguments.add_argument("--export", type=pathlib.Path, metavar="FILE", help="write the model as ONNX instead of timing it")
options = arguments.parse_args()
request = json.load(sys.stdin)
if options.export:
    write_onnx(request, options.export)
else:
    print(json.dumps(measure(request)))
