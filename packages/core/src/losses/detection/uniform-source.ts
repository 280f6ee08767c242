import type { InputSource, InputSourceOptions } from '../../input-source.ts'
import { createRandom, type RandomState } from '../../random.ts'
import { checkSourceState } from './source-state.ts'

const KIND = 'uniform'

/** Every k / 2^24 below 1 is a float32, so that no number is rounded up to 1. */
const STEPS = 2 ** 24

/**
 * Random numbers for an input `uniform` [B, C], uniform on [0, 1) with 24 bits: the same stream for the same seed, which a
 * state continues.
 */
export function uniformSource({ classCount, seed = 0 }: InputSourceOptions): InputSource {
  let random = createRandom(seed)
  return {
    inputsFor: ({ batchSize }) => ({
      uniform: Float32Array.from({ length: batchSize * classCount }, () => random.integer(STEPS) / STEPS),
    }),
    state: () => ({ kind: KIND, classCount, random: random.state() }),
    restore(state) {
      const { random: words } = checkSourceState(state, { kind: KIND, classCount, lists: { random: 4 } })
      random = createRandom(words as RandomState)
    },
  }
}
