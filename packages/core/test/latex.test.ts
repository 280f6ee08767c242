import { describe, expect, test } from 'vitest'
import {
  add,
  binaryCrossEntropy,
  classBalancedLoss,
  classVector,
  defineLoss,
  distributionBalancedLoss,
  type Expression,
  exp,
  type FormulaContext,
  inverseFrequencyLoss,
  less,
  log,
  logSumExp,
  lossLatex,
  max,
  multiply,
  named,
  negate,
  power,
  select,
  sigmoid,
  softplus,
  statisticsFromCounts,
  stopGradient,
  subtract,
  sum,
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
      String.raw`r_{i} &= \frac{\frac{1}{n_{i}}}{\sum_{j} \frac{y_{j}}{n_{j}}} \\`,
      String.raw`\nu_{i} &= -\kappa \, b_{i}`,
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
    expect(lossLatex(inverseFrequencyLoss(statistics, { exponent: 0.5 }))).toContain(
      String.raw`w_{i} &= \sqrt{\frac{N}{n_{i}}}`,
    )
    expect(lossLatex(classBalancedLoss(statistics))).toContain(String.raw`w_{i} &= \frac{1 - \beta}{1 - \beta^{n_{i}}}`)
  })
  test('a power with an exponent that varies, and e to the power of anything else', () => {
    const printed = (formula: (context: FormulaContext) => Expression) => lossLatex(defineLoss({ name: 'x', formula }))
    expect(printed(({ logits, labels }) => exp(multiply(logits, log(add(labels, 1)))))).toContain(
      String.raw`\left(y_{i} + 1\right)^{z_{i}}`,
    )
    expect(printed(({ logits, labels }) => exp(multiply(logits, labels)))).toContain(String.raw`e^{z_{i} \, y_{i}}`)
  })
  test('log Σ exp without the maximum that is taken out of it, over the places that its mask leaves', () => {
    const printed = (formula: (context: FormulaContext) => Expression) => lossLatex(defineLoss({ name: 'x', formula }))
    expect(printed(({ logits }) => logSumExp(negate(logits), 'classes'))).toContain(
      String.raw`\ell &= \log \sum_{j} e^{-z_{j}}`,
    )
    expect(printed(({ logits, labels }) => logSumExp(select(less(0, labels), logits, -1e30), 'classes'))).toContain(
      String.raw`\ell &= \log \sum_{j : 0 < y_{j}} e^{z_{j}}`,
    )
    // Not one: another maximum is added.
    expect(
      printed(({ logits }) => add(log(sum(exp(subtract(logits, 1)), 'classes')), stopGradient(max(logits, 'classes')))),
    ).toContain(String.raw`\operatorname{sg}`)
  })
  test('weights in the exponents of log Σ exp, and 1 + Σ exp', () => {
    const printed = (formula: (context: FormulaContext) => Expression) => lossLatex(defineLoss({ name: 'x', formula }))
    const weighted = ({ logits, labels }: FormulaContext, least: number) =>
      logSumExp(select(less(least, labels), add(logits, log(labels)), -1e30), 'classes')
    expect(printed((context) => softplus(weighted(context, 0)))).toContain(
      String.raw`\ell &= \log\left(1 + \sum_{j} y_{j} \, e^{z_{j}}\right)`,
    )
    // Not where the weight is positive: what the mask leaves out would have counted.
    expect(printed((context) => weighted(context, 0.5))).toContain(
      String.raw`\ell &= \log \sum_{j : 0.5 < y_{j}} e^{z_{j} + \log y_{j}}`,
    )
  })
  test('a symbol that stands for different things gets a prime, and an expression that is built twice none', () => {
    const probability = (u: Expression): Expression => named('p', sigmoid(u))
    const loss = defineLoss({
      name: 'three-meanings',
      formula: ({ logits: z }) =>
        add(
          multiply(classVector('propensities', [0.5, 1, 1], 'p'), probability(z)),
          power(probability(multiply(2, z)), 2),
          probability(z),
        ),
    })
    expect(lossLatex(loss).split('\n').slice(1, -1)).toEqual([
      String.raw`\ell_{i} &= p_{i} \, p'_{i} + {p''_{i}}^{2} + p'_{i} \\`,
      String.raw`p'_{i} &= \sigma\left(z_{i}\right) \\`,
      String.raw`p''_{i} &= \sigma\left(2 \, z_{i}\right)`,
    ])
  })
  test('unknown labels are left out', () => {
    const formula = ({ logits, labels, isUnknown }: FormulaContext) => multiply(logits, select(isUnknown, 1, labels))
    expect(lossLatex(defineLoss({ name: 'x', formula }))).toContain(String.raw`\ell_{i} &= z_{i} \, y_{i}`)
  })
  test('samples are indexed where a batch is reduced', () => {
    const loss = distributionBalancedLoss(statistics, { mu: 0.3, weightNormalization: 'batch' })
    expect(lossLatex(loss)).toContain(String.raw`\max_{s}`)
  })
})
