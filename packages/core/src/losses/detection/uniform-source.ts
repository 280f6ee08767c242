import { checkNumber } from '../../check-number.ts'
import type { InputSource, InputSourceOptions } from '../../input-source.ts'
import { createRandom, type RandomState } from '../../random.ts'
import { checkSourcedBatch } from './known-elements.ts'
import { checkSourceState } from './source-state.ts'

const KIND = 'uniform'

/** Every k / 2^24 below 1 is a float32, so that no number is rounded up to 1. */
const STEPS = 2 ** 24

/**
 * Random numbers for an input `uniform` [B, C], uniform on [0, 1) with 24 bits: the same stream for the same seed, which a
 * state continues.
 */
export function uniformSource({ classCount, seed = 0 }: InputSourceOptions): InputSource {
  checkNumber('classCount', classCount, { integer: true, minimum: 1 })
  let random = createRandom(seed)
  return {
    inputsFor(batch) {
      checkSourcedBatch(batch, classCount)
      const { length } = batch.labels
      return { uniform: Float32Array.from({ length }, () => random.integer(STEPS) / STEPS) }
    },
    state: () => ({ kind: KIND, classCount, random: random.state() }),
    restore(state) {
      const { random: words } = checkSourceState(state, { kind: KIND, classCount, lists: { random: 4 } })
      random = createRandom(words as RandomState)
    },
  }
}
