import { afterAll, expect, test } from 'vitest'
import { createSmallTrainer } from './support/create.ts'
import { smallBatch } from './support/small-batch.ts'

// Large enough for the trainer to free its own arrays of that size at once.
const batch = smallBatch(8192, 1)
const trainer = await createSmallTrainer({ averageDecay: 0.9, recomputedStretches: 2 })
afterAll(() => trainer.dispose())

test('arrays that are given to a trainer, and those that it gives, stay with the caller', async () => {
  const { inputs, labels } = batch
  const [x, given] = [inputs.x.slice(), labels.slice()]
  const frozen = await trainer.precompute(batch)
  const [activations] = Object.values(frozen.activations)
  const copy = activations!.slice()
  const state = await trainer.state()
  const logits = await trainer.predict(batch)
  const before = logits.slice()
  for (let step = 0; step < 2; step++) await trainer.step([{ ...frozen, labels }, batch])
  trainer.restore(state)
  await trainer.step({ ...frozen, labels })
  expect([inputs.x, labels, activations, logits]).toEqual([x, given, copy, before])
  expect(Object.values(state.tensors).every(({ length }) => length > 0)).toBe(true)
})
