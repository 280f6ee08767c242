import { describe, expect, test } from 'vitest'
import { adamW, sgd, warmupCosine } from '../../src/index.ts'
import { createSmallTrainer, largestDifference, tensorsOf } from './support/create.ts'
import { smallBatch } from './support/small-batch.ts'

const batch = smallBatch(5, 1)
const plain = sgd({ learningRate: 0.5, momentum: 0 })

/** How far each weight moves in one step. */
async function changes(options: Parameters<typeof createSmallTrainer>[0]) {
  const trainer = await createSmallTrainer(options)
  const before = await tensorsOf(trainer)
  await trainer.step(batch)
  const after = await tensorsOf(trainer)
  await trainer.dispose()
  return Object.fromEntries(
    Object.entries(before).map(([name, values]) => [name, values.map((value, index) => after[name]![index]! - value)]),
  )
}

const isStill = (change: ArrayLike<number>): boolean => Array.from(change).every((value) => value === 0)

describe('parameter groups', () => {
  test('scale the learning rate, and with 0 leave weights as they are', async () => {
    const usual = await changes({ optimizer: plain })
    const grouped = await changes({
      optimizer: plain,
      parameterGroups: [
        { match: /blocks/, learningRateScale: 0 },
        { match: /head/, learningRateScale: 3 },
      ],
    })
    for (const [name, change] of Object.entries(grouped)) {
      if (name.startsWith('blocks')) expect(isStill(change), name).toBe(true)
      // One rounding of w − step.
      else expect(largestDifference({ change }, { change: usual[name]!.map((value) => 3 * value) })).toBeLessThan(1e-12)
    }
  })

  test('the first that matches counts', async () => {
    const grouped = await changes({
      parameterGroups: [
        { match: /head\.bias/, learningRateScale: 1 },
        { match: /./, learningRateScale: 0 },
      ],
    })
    const moving = Object.keys(grouped).filter((name) => !isStill(grouped[name]!))
    expect(moving).toEqual(['head.bias'])
  })

  test.each([{ learningRateScale: -1 }, { weightDecay: Number.NaN }])('with %o are refused', async (settings) => {
    await expect(
      createSmallTrainer({ parameterGroups: [{ match: /./ }, { match: /x/, ...settings }] }),
    ).rejects.toThrow(
      expect.objectContaining({ code: 'argument', message: expect.stringContaining('parameterGroups[1]') }),
    )
  })
})

describe('weight decay', () => {
  const { learningRate } = plain
  /** What decay alone adds to the change: −lr · decay · w. */
  async function decayOf(options: Parameters<typeof createSmallTrainer>[0]) {
    const without = await changes({ optimizer: plain })
    const withDecay = await changes({ optimizer: { ...plain, weightDecay: 0.1 }, ...options })
    const trainer = await createSmallTrainer()
    const start = await tensorsOf(trainer)
    await trainer.dispose()
    return Object.entries(withDecay).map(([name, change]) => {
      const shares = change.map(
        (value, index) => (without[name]![index]! - value) / (learningRate * start[name]![index]!),
      )
      return [
        name,
        Number(shares[0]!.toFixed(6)),
        largestDifference({ shares }, { shares: shares.map(() => shares[0]!) }),
      ] as const
    })
  }

  test('shrinks matrices, and neither biases nor the weights of norms', async () => {
    const decays = await decayOf({})
    expect(decays.map(([name, decay]) => [name, decay])).toEqual([
      ['blocks.0.norm.weight', 0],
      ['blocks.0.norm.bias', 0],
      ['blocks.0.dense.weight', 0.1],
      ['blocks.0.dense.bias', 0],
      ['head.weight', 0.1],
      ['head.bias', 0],
    ])
    // The quotient of a difference of 1e-2 that is rounded to 1e-16.
    for (const [name, decay, spread] of decays) if (decay > 0) expect(spread, name).toBeLessThan(1e-9)
  })

  test('is that of the group, also for biases', async () => {
    const decays = await decayOf({ parameterGroups: [{ match: /head/, weightDecay: 0.3 }] })
    expect(Object.fromEntries(decays.map(([name, decay]) => [name, decay]))).toMatchObject({
      'head.weight': 0.3,
      'head.bias': 0.3,
      'blocks.0.dense.weight': 0.1,
    })
  })
})

describe('a schedule', () => {
  test('gives the learning rate of each step, counted from 0, also after a state is restored', async () => {
    const schedule = warmupCosine({ base: 0.1, warmupSteps: 2, totalSteps: 6 })
    const trainer = await createSmallTrainer({ schedule })
    const rates = async (count: number) => {
      const found = []
      for (let step = 0; step < count; step++) found.push((await trainer.step(batch)).learningRate)
      return found
    }
    expect(await rates(3)).toEqual([0, 1, 2].map(schedule))
    const state = await trainer.state()
    expect(await rates(3)).toEqual([3, 4, 5].map(schedule))
    trainer.restore(state)
    expect(await rates(1)).toEqual([schedule(3)])
    await trainer.dispose()
  })

  test('that gives no number is refused, and the state stays', async () => {
    const trainer = await createSmallTrainer({ schedule: () => Number.NaN })
    const before = await trainer.state()
    await expect(trainer.step(batch)).rejects.toThrow(
      expect.objectContaining({ code: 'argument', message: expect.stringContaining('learning rate of the schedule') }),
    )
    expect(await trainer.state()).toEqual(before)
    await trainer.dispose()
  })
})

describe('the moving average of the weights', () => {
  test('is decay · average + (1 − decay) · weight after each step', async () => {
    const trainer = await createSmallTrainer({ averageDecay: 0.7, optimizer: adamW({ learningRate: 0.02 }) })
    const names = trainer.parameters.map(({ initializer }) => initializer)
    const weights = async () => {
      const tensors = await tensorsOf(trainer)
      return Object.fromEntries(names.map((name) => [name, Float64Array.from(tensors[name]!)]))
    }
    let expected = await weights()
    for (let step = 0; step < 5; step++) {
      await trainer.step(smallBatch(5, step))
      const now = await weights()
      expected = Object.fromEntries(
        names.map((name) => [name, expected[name]!.map((value, index) => 0.7 * value + 0.3 * now[name]![index]!)]),
      )
    }
    const tensors = await tensorsOf(trainer)
    const averages = Object.fromEntries(names.map((name) => [name, tensors[`${name}_average`]!]))
    expect(largestDifference(averages, expected)).toBeLessThan(1e-14)

    const model = await trainer.toModel('averaged')
    const other = await createSmallTrainer({ model })
    expect(await trainer.predict(batch, 'averaged')).toEqual(await other.predict(batch))
    expect(await trainer.evaluate(batch, 'averaged')).toEqual(await other.evaluate(batch))
    expect(await trainer.predict(batch, 'averaged')).not.toEqual(await trainer.predict(batch))
    for (const each of [trainer, other]) await each.dispose()
  })

  test.each([1, -0.1, Number.NaN])('with a decay of %s is refused', async (averageDecay) => {
    await expect(createSmallTrainer({ averageDecay })).rejects.toThrow(expect.objectContaining({ code: 'argument' }))
  })

  test('is refused where it was not asked for', async () => {
    const trainer = await createSmallTrainer()
    const refusal = expect.objectContaining({ code: 'argument', message: expect.stringContaining('averageDecay') })
    await expect(trainer.predict(batch, 'averaged')).rejects.toThrow(refusal)
    await expect(trainer.evaluate(batch, 'averaged')).rejects.toThrow(refusal)
    await expect(trainer.toModel('averaged')).rejects.toThrow(refusal)
    await trainer.dispose()
  })
})
