import { DblossError } from './errors.ts'

/** The four 32-bit words of the generator, plain JSON. */
export type RandomState = readonly [number, number, number, number]

/** A stream of pseudo-random numbers that is the same on every machine for the same seed. */
export interface Random {
  /** The next number, uniform on [0, 1), with 53 bits. */
  next(): number
  /** The next integer, uniform on 0 … n − 1. */
  integer(n: number): number
  /** Shuffles the array in place (Fisher and Yates) and returns it. */
  shuffle<Items extends { readonly length: number; [index: number]: unknown }>(items: Items): Items
  /** The state now; `createRandom(state)` goes on from here. */
  state(): RandomState
}

/**
 * A seedable generator: xoshiro128** (Blackman and Vigna, "Scrambled linear pseudorandom number generators", 2021), its
 * state filled from the seed by SplitMix32 (a Weyl sequence through the finaliser of MurmurHash3). Not for cryptography.
 *
 * @param seed a non-negative safe integer, or a state that {@link Random.state} gave.
 * @throws DblossError `argument` for any other seed, and for a state that is not four 32-bit words or is all zero.
 */
export function createRandom(seed: number | RandomState): Random {
  let [a, b, c, d] = typeof seed === 'number' ? expandSeed(seed) : checkState(seed)

  function nextWord(): number {
    const result = Math.imul(rotateLeft(Math.imul(b, 5), 7), 9) >>> 0
    const shifted = b << 9
    c ^= a
    d ^= b
    b ^= c
    a ^= d
    c ^= shifted
    d = rotateLeft(d, 11)
    return result
  }

  function next(): number {
    const high = nextWord() >>> 5
    const low = nextWord() >>> 6
    return (high * 2 ** 26 + low) / 2 ** 53
  }

  function integer(n: number): number {
    if (!Number.isSafeInteger(n) || n < 1) {
      throw new DblossError('argument', `n is ${n}; expected a positive integer`, {
        argument: 'n',
        found: n,
        expected: 'a positive integer',
      })
    }
    return Math.floor(next() * n)
  }

  return {
    next,
    integer,
    shuffle(items) {
      for (let last = items.length - 1; last > 0; last--) {
        const chosen = integer(last + 1)
        const item = items[last]
        items[last] = items[chosen]
        items[chosen] = item
      }
      return items
    },
    state: () => [a >>> 0, b >>> 0, c >>> 0, d >>> 0],
  }
}

function expandSeed(seed: number): RandomState {
  if (!Number.isSafeInteger(seed) || seed < 0) {
    throw new DblossError('argument', `seed is ${seed}; expected a non-negative integer`, {
      argument: 'seed',
      found: seed,
      expected: 'a non-negative integer up to 2^53 − 1',
    })
  }
  // The high bits matter too, so that time stamps make good seeds; below 2^32 this is plain SplitMix32.
  const start = mix(Math.floor(seed / 2 ** 32)) + (seed >>> 0)
  const word = (position: number): number => mix((start + Math.imul(position, 0x9e3779b9)) | 0)
  return [word(1), word(2), word(3), word(4)]
}

function checkState(state: RandomState): RandomState {
  const valid =
    Array.isArray(state) &&
    state.length === 4 &&
    state.every((word) => Number.isInteger(word) && word >= 0 && word < 2 ** 32) &&
    state.some((word) => word !== 0)
  if (!valid) {
    throw new DblossError('argument', `the random state is ${JSON.stringify(state)}; expected four 32-bit words`, {
      argument: 'seed',
      found: state,
      expected: 'four integers from 0 to 2^32 − 1, not all zero',
    })
  }
  return state
}

/** The finaliser of MurmurHash3: every bit of the word depends on every bit of the input; 0 stays 0. */
function mix(word: number): number {
  let mixed = Math.imul(word ^ (word >>> 16), 0x85ebca6b)
  mixed = Math.imul(mixed ^ (mixed >>> 13), 0xc2b2ae35)
  return (mixed ^ (mixed >>> 16)) >>> 0
}

function rotateLeft(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits))
}
