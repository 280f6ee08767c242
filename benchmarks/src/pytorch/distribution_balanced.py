"""DB-Focal written from the formulas, and a random long-tailed problem for it."""
import torch
import torch.nn.functional as F


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


def random_batch(batch, classes):
    """Logits and labels, and the counts of the classes among 100,000 samples."""
    generator = torch.Generator().manual_seed(7)
    prior = 0.3 / (1 + torch.arange(classes) / 4)
    counts = torch.clamp((prior * 100000).round(), min=1)
    logits = 2 * torch.randn(batch, classes, generator=generator)
    labels = (torch.rand(batch, classes, generator=generator) < prior).float()
    return logits, labels, counts


def problem(batch, classes):
    logits, labels, counts = random_batch(batch, classes)
    return logits, labels, distribution_balanced(counts, 100000.0)
