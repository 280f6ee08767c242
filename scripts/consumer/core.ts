import {
  binaryCrossEntropy,
  composeLoss,
  distributionBalancedLoss,
  evaluate,
  type Loss,
  labelStatistics,
  longTailMetrics,
  parts,
} from '@dbloss/core'

const statistics = labelStatistics([[0], [0, 1], [1], [0]])
const losses: readonly Loss[] = [
  binaryCrossEntropy(),
  distributionBalancedLoss(statistics),
  composeLoss(statistics, { sides: parts.asymmetric() }),
]
const labels = Float64Array.of(1, 0, 1, 1)
for (const loss of losses) {
  const { value, gradient } = evaluate(loss, { logits: Float64Array.of(2, -1, 0.5, 0), labels, batchSize: 2 })
  if (!(value > 0) || gradient.length !== 4) throw new Error(`${loss.name} has the value ${value}`)
}
const scores = { data: Float64Array.of(2, -1, 0.5, 0), classCount: 2 }
const { map } = longTailMetrics({ labels: [[0], [0, 1]], scores, statistics })
if (map.all !== 1) throw new Error(`mAP is ${map.all}`)
