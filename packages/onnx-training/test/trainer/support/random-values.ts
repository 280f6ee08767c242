import { createRandom } from '@dbloss/core'

/** Numbers uniform on [−scale, scale), the same for the same seed, that float32 has too. */
export function randomValues(length: number, seed: number, scale = 1): Float64Array {
  const random = createRandom(seed)
  return Float64Array.from({ length }, () => Math.fround(scale * (2 * random.next() - 1)))
}
