import { describe, expect, test } from 'vitest'
import {
  binaryCrossEntropy,
  classBalancedLoss,
  distributionBalancedLoss,
  inverseFrequencyLoss,
  lossLatex,
  statisticsFromCounts,
} from '../src/index.ts'

const statistics = statisticsFromCounts({ classCounts: [9, 50, 3], sampleCount: 100 })

describe('LaTeX', () => {
  test('binary cross-entropy', () => {
    expect(lossLatex(binaryCrossEntropy())).toBe(
      String.raw`\begin{aligned}
\ell_{i} &= y_{i} \, \log\left(1 + e^{-z_{i}}\right) + \left(1 - y_{i}\right) \, \log\left(1 + e^{z_{i}}\right)
\end{aligned}`,
    )
  })
  test('Distribution-Balanced loss reads as the paper', () => {
    const lines = lossLatex(distributionBalancedLoss(statistics, { mu: 0.3, gamma: 0 })).split('\n')
    expect(lines).toEqual([
      String.raw`\begin{aligned}`,
      String.raw`\ell_{i} &= w_{i} \, \left(y_{i} \, \log\left(1 + e^{-z'_{i}}\right) + \frac{\left(1 - y_{i}\right) \, \log\left(1 + e^{\lambda \, z'_{i}}\right)}{\lambda}\right) \\`,
      String.raw`w_{i} &= \alpha + \sigma\left(\beta \, \left(r_{i} - \mu\right)\right) \\`,
      String.raw`z'_{i} &= z_{i} - \nu_{i} \\`,
      String.raw`r_{i} &= \frac{\frac{1}{n_{i}}}{P} \\`,
      String.raw`\nu_{i} &= -\kappa \, b_{i} \\`,
      String.raw`P &= \sum_{j} \frac{y_{j}}{n_{j}}`,
      String.raw`\end{aligned}`,
    ])
  })
  test('the focal factor is a power of σ', () => {
    expect(lossLatex(distributionBalancedLoss(statistics, { mu: 0.3 }))).toContain(
      String.raw`\sigma^{\gamma}\left(-z'_{i}\right)`,
    )
  })
  test('weights by class', () => {
    expect(lossLatex(inverseFrequencyLoss(statistics))).toContain(String.raw`w_{i} &= \frac{N}{n_{i}}`)
    expect(lossLatex(classBalancedLoss(statistics))).toContain(
      String.raw`w_{i} &= \frac{1 - b}{1 - e^{n_{i} \, \log b}}`,
    )
  })
  test('samples are indexed where a batch is reduced', () => {
    const loss = distributionBalancedLoss(statistics, { mu: 0.3, weightNormalization: 'batch' })
    expect(lossLatex(loss)).toContain(String.raw`\max_{s}`)
  })
})
