import {
  createRandom,
  type DblossErrorCode,
  defineLoss,
  ELEMENTS,
  evaluate,
  type InputSource,
  type Loss,
  multiply,
  power,
  subtract,
} from '@dbloss/core'
import * as ort from 'onnxruntime-node'
import { describe, expect, test } from 'vitest'
import { droppingLoss, remindingLoss } from '../../../test-support/sourced-losses.ts'
import {
  adamW,
  createHeadTrainer,
  type HeadBatch,
  type HeadTrainer,
  type HeadTrainerOptions,
  type HeadTrainerState,
  type LossKernel,
  sgd,
} from '../src/index.ts'

const [featureCount, classCount, learningRate] = [4, 3, 0.5]

/** A batch that depends on the number of the step alone. */
function batchOf(step: number, batchSize = 4 + (step % 3)): HeadBatch {
  const random = createRandom(step)
  return {
    features: Float64Array.from({ length: batchSize * featureCount }, () => 2 * random.next() - 1),
    labels: Float64Array.from({ length: batchSize * classCount }, () => [1, 0, 0, -1][random.integer(4)]!),
    batchSize,
  }
}

/** Weighted squares towards the logits of a teacher. */
const distillation = defineLoss({
  name: 'distillation',
  inputs: { teacher: ELEMENTS },
  formula: ({ logits, inputs }) => power(subtract(logits, inputs.teacher!), 2),
})

const teacherOf = ({ batchSize }: HeadBatch) => ({
  teacher: Float64Array.from({ length: batchSize * classCount }, (_, at) => Math.fround(Math.cos(at))),
})

const create = (loss: Loss, options: Partial<HeadTrainerOptions> = {}) =>
  createHeadTrainer({
    ...{ ort, loss, featureCount, classCount, precision: 'float64' },
    optimizer: sgd({ learningRate, momentum: 0 }),
    ...options,
  })

/** The reference as a kernel. */
function kernelOf(loss: Loss): LossKernel {
  return {
    evaluate: (logits, labels, gradient, { inputs }) => {
      const result = evaluate(loss, { logits, labels, batchSize: logits.length / classCount, inputs })
      gradient.set(result.gradient)
      return result.value
    },
  }
}

function expectClose(got: Iterable<number>, expected: ArrayLike<number>, digits: number): void {
  for (const [at, value] of [...got].entries()) expect(value, `number ${at}`).toBeCloseTo(expected[at]!, digits)
}

async function run(trainer: HeadTrainer, until: number): Promise<number[]> {
  const losses: number[] = []
  for (let { step } = trainer.state(); step < until; step++) losses.push((await trainer.step(batchOf(step))).loss)
  return losses
}

/** Gradient descent in plain float64 loops, with the source called as its docstring says. */
function plainTraining(loss: Loss, steps: number, seed: number) {
  const source = loss.inputSource!({ classCount, seed })
  const weights = new Float64Array(featureCount * classCount)
  const bias = new Float64Array(classCount)
  const losses: number[] = []
  for (let step = 0; step < steps; step++) {
    const { features, labels, batchSize } = batchOf(step)
    const logits = Float64Array.from({ length: batchSize * classCount }, (_, at) => {
      const [row, column] = [Math.floor(at / classCount), at % classCount]
      let sum = bias[column]!
      for (let f = 0; f < featureCount; f++)
        sum += features[row * featureCount + f]! * weights[f * classCount + column]!
      return sum
    })
    const inputs = source.inputsFor({ labels, batchSize })
    const { value, gradient } = evaluate(loss, { logits, labels, batchSize, inputs })
    source.observe?.({ labels, batchSize, logits })
    losses.push(value)
    gradient.forEach((slope, at) => {
      const [row, column] = [Math.floor(at / classCount), at % classCount]
      bias[column]! -= learningRate * slope
      for (let f = 0; f < featureCount; f++)
        weights[f * classCount + column]! -= learningRate * slope * features[row * featureCount + f]!
    })
  }
  return { weights, bias, losses }
}

const losses: [string, Loss][] = [
  ['random numbers', droppingLoss()],
  ['running statistics', remindingLoss()],
]

describe.each(losses)('a loss of %s', (_, loss) => {
  test('follows plain float64 loops step by step', async () => {
    const trainer = await create(loss, { seed: 7 })
    const got = await run(trainer, 12)
    const expected = plainTraining(loss, 12, 7)
    // Sums of a few terms in another order.
    expectClose(got, expected.losses, 12)
    expectClose(trainer.read().weights, expected.weights, 12)
    expectClose(trainer.read().bias, expected.bias, 12)
    await trainer.dispose()
  })

  test('has the same steps with a kernel', async () => {
    const kernel = kernelOf(loss)
    const [whole, split] = [
      await create(loss, { precision: 'float32', seed: 7 }),
      await create(loss, { precision: 'float32', seed: 7, kernel }),
    ]
    const [expected, got] = [await run(whole, 12), await run(split, 12)]
    // Both round to float32, in another order.
    expectClose(got, expected, 5)
    expectClose(split.read().weights, whole.read().weights, 4)
    for (const trainer of [whole, split]) await trainer.dispose()
  })

  test.each([false, true])('goes on from a state bit for bit, through JSON; kernel: %s', async (hasKernel) => {
    const options = {
      ...{ precision: 'float32' as const, optimizer: adamW({ learningRate: 0.1 }), seed: 3 },
      ...(hasKernel ? { kernel: kernelOf(loss) } : {}),
    }
    const [whole, first] = [await create(loss, options), await create(loss, options)]
    const second = await create(loss, { ...options, seed: 99 })
    await run(whole, 8)
    await run(first, 3)
    const stored = JSON.stringify(first.state(), (_, value) =>
      ArrayBuffer.isView(value) ? Array.from(value as Float32Array) : value,
    )
    await run(first, 5)
    second.restore(JSON.parse(stored) as HeadTrainerState)
    await run(second, 8)
    expect(second.state()).toEqual(whole.state())
    for (const trainer of [whole, first, second]) await trainer.dispose()
  })

  test('has a step that fails leave the source as it was, and restores with it or not at all', async () => {
    const trainer = await create(loss, { precision: 'float32' })
    await run(trainer, 2)
    const before = trainer.state()
    const huge = { ...batchOf(2), features: batchOf(2).features.map((value) => value * 1e38) }
    await expect(trainer.step(huge)).rejects.toMatchObject({ code: 'runtime' })
    expect(trainer.state()).toEqual(before)
    const { inputSource: _source, ...without } = before
    expect(() => trainer.restore({ ...without, step: 0 })).toThrow(`the state has none of a source`)
    expect(() => trainer.restore({ ...before, step: 0, inputSource: {} })).toThrow()
    expect(() => trainer.restore({ ...before, inputSource: {}, tensors: {} })).toThrow('tensors.weights has no values')
    expect(trainer.state()).toEqual(before)
    await trainer.dispose()
  })

  test('tells the state from before while a step runs', async () => {
    const trainer = await create(loss)
    const before = trainer.state()
    const running = trainer.step(batchOf(0))
    const during: HeadTrainerState[] = []
    const watch = async () => {
      while (trainer.state().step === 0) {
        during.push(trainer.state())
        await new Promise(setImmediate)
      }
    }
    await Promise.all([running, watch()])
    expect(during.length).toBeGreaterThan(0)
    for (const state of during) expect(state).toEqual(before)
    await trainer.dispose()
  })
})

describe('random numbers', () => {
  test('come from the seed: the same again, others with another, 0 by default', async () => {
    const trainers = [
      await create(droppingLoss(), { seed: 0 }),
      await create(droppingLoss()),
      await create(droppingLoss(), { seed: 1 }),
    ]
    const [zero, byDefault, one] = await Promise.all(trainers.map((trainer) => run(trainer, 3)))
    expect(byDefault).toEqual(zero)
    expect(one).not.toEqual(zero)
    for (const trainer of trainers) await trainer.dispose()
  })
})

describe('inputs that are given', () => {
  test.each([false, true])('reach the loss; kernel: %s', async (hasKernel) => {
    const kernel = hasKernel ? kernelOf(distillation) : undefined
    const trainer = await create(distillation, kernel && { kernel, precision: 'float32' })
    const batch = { ...batchOf(1), labels: new Float64Array(5 * classCount) }
    const inputs = teacherOf(batch)
    const { loss } = await trainer.step({ ...batch, inputs })
    const logits = new Float64Array(inputs.teacher.length)
    expect(loss).toBeCloseTo(evaluate(distillation, { ...batch, logits, inputs }).value, 6)
    const reached = (await trainer.step({ ...batch, inputs })).loss
    expect(reached).toBeLessThan(loss)
    expect(trainer.state()).not.toHaveProperty('inputSource')
    await trainer.dispose()
  })

  test('take the place of what the source makes, which then stays as it was', async () => {
    const trainer = await create(droppingLoss(), { seed: 5 })
    const before = trainer.state().inputSource
    const batch = batchOf(0)
    const { loss } = await trainer.step({ ...batch, inputs: { uniform: new Float32Array(batch.labels.length) } })
    expect(loss).toBe(0)
    expect(trainer.state().inputSource).toEqual(before)
    await trainer.dispose()
  })

  test('and made by a source of the caller’s go together', async () => {
    const both = defineLoss({
      name: 'both',
      inputs: { teacher: ELEMENTS, mask: ELEMENTS },
      formula: ({ logits, inputs }) => multiply(power(subtract(logits, inputs.teacher!), 2), inputs.mask!),
    })
    let made = 0
    const inputSource: InputSource = {
      inputsFor: ({ labels }) => ({ mask: new Float32Array(labels.length).fill(++made) }),
      state: () => made,
      restore: (state) => {
        made = state as number
      },
    }
    const trainer = await create(both, { inputSource })
    const batch = { ...batchOf(1), labels: new Float64Array(5 * classCount) }
    const inputs = teacherOf(batch)
    const mean = inputs.teacher.reduce((sum, value) => sum + value * value, 0) / inputs.teacher.length
    expect((await trainer.step({ ...batch, inputs })).loss).toBeCloseTo(mean, 12)
    expect(trainer.state().inputSource).toBe(1)
    await expect(create(both).then((without) => without.step({ ...batch, inputs }))).rejects.toThrow(
      `input 'mask' of both is missing; expected [5, 3]`,
    )
    await trainer.dispose()
  })
})

describe('bad inputs are refused before the step', () => {
  const batch = batchOf(1)
  const { teacher } = teacherOf(batch)
  test.each<[string, HeadBatch['inputs'], DblossErrorCode, string]>([
    ['none', undefined, 'shape', `input 'teacher' of distillation is missing; expected [5, 3]`],
    [
      'of another size',
      { teacher: teacher.slice(1) },
      'shape',
      `input 'teacher' of distillation has 14 values; expected [5, 3]`,
    ],
    [
      'of another name',
      { teacher, student: teacher },
      'argument',
      `inputs names 'student'; the inputs of distillation are teacher`,
    ],
    [
      'that are not finite',
      { teacher: teacher.with(4, Number.NaN) },
      'argument',
      `input 'teacher' of distillation is NaN at 4; expected a finite number`,
    ],
  ])('%s', async (_, inputs, code, message) => {
    const trainer = await create(distillation)
    const before = trainer.state()
    await expect(trainer.step({ ...batch, inputs })).rejects.toMatchObject({ name: 'DblossError', code, message })
    expect(trainer.state()).toEqual(before)
    await trainer.dispose()
  })

  test.each<[string, Record<string, Float32Array>, string]>([
    ['nothing', {}, `input 'teacher' of the source of distillation is missing; expected [5, 3]`],
    ['too much', { teacher: new Float32Array(30) }, 'has 30 values; expected [5, 3]'],
    ['NaN', { teacher: new Float32Array(15).fill(Number.NaN) }, 'is NaN at'],
  ])('also of a source that makes %s', async (_, made, message) => {
    let restored = 0
    const inputSource = { inputsFor: () => made, state: () => 1, restore: () => void restored++ }
    const trainer = await create(distillation, { inputSource })
    await expect(trainer.step(batch)).rejects.toThrow(message)
    expect(restored).toBe(1)
    expect(trainer.state().step).toBe(0)
    await trainer.dispose()
  })
})
