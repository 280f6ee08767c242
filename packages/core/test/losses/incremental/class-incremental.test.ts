import { describe, expect, test } from 'vitest'
import {
  add,
  type Batch,
  binaryCrossEntropy,
  type ClassIncrementalOptions,
  classIncrementalLoss,
  defineLoss,
  evaluate,
  lossLatex,
  maximumEntropyRegularizer,
  multiply,
  negate,
  softplus,
  subtract,
} from '../../../src/index.ts'
import { expectGradientOfFiniteDifferences } from '../finite-differences.ts'
import {
  expectFiniteAtExtremes,
  expectSameFromRecord,
  expectSameWithHardLabels,
  expectUnknownLeftOut,
} from '../loss-properties.ts'

const oldClasses = [0, 2, 3]
const options: ClassIncrementalOptions = { classCount: 5, oldClasses }
const batch = {
  logits: Float64Array.of(0.5, -1, 2, -3.5, 1.2, -2.5, -6, 4, 0.3, 0.1),
  // At old classes these are read by nobody.
  labels: Float64Array.of(0, 1, 0.5, 0, 0, 1, 0.25, 1, 0, 1),
  batchSize: 2,
  inputs: { teacherLogits: Float64Array.of(1, 1e4, -2, 0.5, 0, 3, 0, -0.3, 4, -1e4) },
} satisfies Batch

const sigmoid = (x: number) => 1 / (1 + Math.exp(-x))
const bce = (z: number, target: number) => -target * Math.log(sigmoid(z)) - (1 - target) * Math.log(1 - sigmoid(z))
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length

/** (1 − δ) mean_new BCE + δ mean_old BCE + ε Σ p log p, and the mean over the rows. */
function asPublished({ distillation = 0.5, entropy = 0.04 }: Partial<ClassIncrementalOptions>): number {
  const rows = [0, 1].map((row) => {
    const at = (index: number) => 5 * row + index
    const fresh = [1, 4].map((index) => bce(batch.logits[at(index)]!, batch.labels[at(index)]!))
    const old = oldClasses.map((index) =>
      bce(batch.logits[at(index)]!, sigmoid(batch.inputs.teacherLogits[at(index)]!)),
    )
    const probabilities = [0, 1, 2, 3, 4].map((index) => sigmoid(batch.logits[at(index)]!))
    const negativeEntropy = probabilities.reduce((sum, p) => sum + p * Math.log(p), 0)
    return (1 - distillation) * mean(fresh) + distillation * mean(old) + entropy * negativeEntropy
  })
  return mean(rows)
}

describe.each([{}, { entropy: 0 }, { distillation: 0.3, entropy: 0.5 }, { distillation: 0 }, { distillation: 1 }])(
  '%o',
  (changes) => {
    const loss = classIncrementalLoss({ ...options, ...changes })
    test('the mean is the formula of the paper, whatever the teacher says of new classes', () => {
      expect(evaluate(loss, batch).value).toBeCloseTo(asPublished(changes), 13)
    })
    test('has the gradient of finite differences', () => {
      for (const reduction of ['mean', 'sum', 'batchmean', 'none'] as const) {
        expectGradientOfFiniteDifferences(classIncrementalLoss({ ...options, ...changes, reduction }), batch)
      }
    })
    test('comes back from its record', () => expectSameFromRecord(loss, batch))
    test('has a program for hard labels', () => expectSameWithHardLabels(loss, batch))
  },
)

describe('batches', () => {
  const loss = classIncrementalLoss({ classCount: 3, oldClasses: [2] })
  test('extremes are finite, also those of the teacher', () => {
    for (const teacher of [0, 1e4, -1e4]) {
      expectFiniteAtExtremes(loss, { teacherLogits: new Float64Array(6).fill(teacher) })
    }
  })
  test('unknown labels are left out', () => expectUnknownLeftOut(loss, { teacherLogits: Float64Array.of(0, 7, 0.5) }))
  test('without the teacher are refused', () => {
    const { inputs: _, ...without } = batch
    expect(() => evaluate(classIncrementalLoss(options), without)).toThrow(
      "input 'teacherLogits' of class-incremental is missing; expected [2, 5]",
    )
  })
})

describe('identities', () => {
  const halves = { classCount: 4, oldClasses: [1, 3], entropy: 0 }
  const logits = Float64Array.of(0.5, -1, 2, -3.5)
  const labels = Float64Array.of(1, 0, 0, 1)
  test('a teacher that is sure of the labels, as many old as new classes: binary cross-entropy', () => {
    const teacherLogits = labels.map((label) => (label === 1 ? 800 : -800))
    const got = evaluate(classIncrementalLoss(halves), { logits, labels, batchSize: 1, inputs: { teacherLogits } })
    const expected = evaluate(binaryCrossEntropy(), { logits, labels, batchSize: 1 })
    expect(got.value).toBeCloseTo(expected.value, 14)
    got.gradient.forEach((derivative, index) => {
      expect(derivative).toBeCloseTo(expected.gradient[index]!, 14)
    })
  })
  test('a model that agrees with its teacher has no gradient at old classes', () => {
    const { gradient } = evaluate(classIncrementalLoss(halves), {
      logits,
      labels,
      batchSize: 1,
      inputs: { teacherLogits: logits },
    })
    expect([gradient[1], gradient[3]].map((derivative) => Math.abs(derivative!) < 1e-16)).toEqual([true, true])
    expect(gradient[0]).toBeLessThan(0)
  })
})

describe('the maximum-entropy regulariser', () => {
  const regularized = defineLoss({
    name: 'regularized-bce',
    reduction: 'sum',
    formula: ({ logits: z, labels: y }) =>
      add(multiply(y, softplus(negate(z))), multiply(subtract(1, y), softplus(z)), maximumEntropyRegularizer(z, 0.5)),
  })
  const at = (z: number) => ({ logits: Float64Array.of(z), labels: Float64Array.of(1), batchSize: 1 })
  test('adds ε p log p to the formula of any loss', () => {
    for (const z of [-3, 0, 2]) {
      const expected = bce(z, 1) + 0.5 * sigmoid(z) * Math.log(sigmoid(z))
      expect(evaluate(regularized, at(z)).value).toBeCloseTo(expected, 14)
    }
  })
  test('pulls down a probability above 1/e, and up one below', () => {
    const pull = (z: number) =>
      evaluate(regularized, at(z)).gradient[0]! - evaluate(binaryCrossEntropy({ reduction: 'sum' }), at(z)).gradient[0]!
    const atInverseOfE = -Math.log(Math.E - 1)
    expect(pull(atInverseOfE)).toBeCloseTo(0, 15)
    expect(pull(atInverseOfE + 0.1)).toBeGreaterThan(0)
    expect(pull(atInverseOfE - 0.1)).toBeLessThan(0)
  })
})

test('LaTeX', () => {
  expect(lossLatex(classIncrementalLoss(options)).split('\n').slice(1, -1)).toEqual([
    String.raw`\ell_{i} &= C \, \left(w_{i} \, \left(t_{i} \, \log\left(1 + e^{-z_{i}}\right) + \left(1 - t_{i}\right) \, \log\left(1 + e^{z_{i}}\right)\right) + \varepsilon \, \sigma\left(z_{i}\right) \, \log \sigma\left(z_{i}\right)\right) \\`,
    String.raw`t_{i} &= \begin{cases} \sigma\left(v_{i}\right) & 0.5 < o_{i} \\ y_{i} & \text{otherwise} \end{cases}`,
  ])
})

test.each([
  [
    { oldClasses: [] },
    'oldClasses is empty; expected a class at least; for a first task, binaryCrossEntropy is the loss',
  ],
  [{ oldClasses: [0, 1, 2, 3, 4] }, 'oldClasses has all 5 classes; expected at least one class to be new'],
  [{ oldClasses: [1, 1] }, 'oldClasses has 1 twice; expected every class once'],
  [{ oldClasses: 3 as never }, 'oldClasses is 3; expected a list of class indices'],
  [{ oldClasses: [5] }, 'oldClasses[0] is 5; expected an integer at least 0 and below 5'],
  [{ classCount: 1 }, 'classCount is 1; expected an integer at least 2'],
  [{ distillation: 1.5 }, 'distillation is 1.5; expected a number at least 0 and at most 1'],
  [{ entropy: -1 }, 'entropy is -1; expected a number at least 0'],
])('%o is refused', (changes, message) => {
  expect(() => classIncrementalLoss({ ...options, ...changes })).toThrow(message)
})
