import { type Batch, type CompiledLoss, evaluate, type Loss, type Precision } from '@dbloss/core'
import { messageOf } from './message-of.ts'
import { epsilons, rounding, shownIn } from './precision.ts'

/** How many times the error of a careful evaluation, in which every primitive rounds once, an adapter may err. */
const ROUNDING_FACTOR = 16

/**
 * How many eps of the largest number are allowed besides. Many targets' sigmoid is accurate absolutely (to eps), not
 * relatively, and the focal gradient multiplies that error by γ |u|, some 60 where σ(−u) is about to vanish; tails may
 * flush to 0.
 */
const EPSILON_FACTOR = 64

/** The reference overflows in the adapter's precision, so that nothing can be asked of the adapter. */
export class BeyondPrecision extends Error {}

/**
 * The largest error allowed: a multiple of what rounding every primitive to the precision does to this formula on this
 * batch, and a few eps of the largest number of the array.
 *
 * @param rounded - the same with every primitive rounded as {@link shownIn} says.
 * @throws BeyondPrecision where that is not finite.
 */
export function toleranceFor(expected: ArrayLike<number>, rounded: ArrayLike<number>, precision: Precision): number {
  let largest = 0
  let error = 0
  for (let index = 0; index < expected.length; index++) {
    largest = Math.max(largest, Math.abs(expected[index]!))
    error = Math.max(error, Math.abs(rounded[index]! - expected[index]!))
  }
  const unit = epsilons[precision]
  const errorInUnits = error / epsilons[shownIn[precision]]
  const tolerance = (ROUNDING_FACTOR * errorInUnits + EPSILON_FACTOR * largest) * unit + Number.MIN_VALUE
  if (Number.isFinite(tolerance)) return tolerance
  throw new BeyondPrecision(`numbers of this check are beyond ${precision}`)
}

/**
 * Throws when an array differs from the reference by more than a tolerance.
 *
 * @param what - names the array in the message.
 * @param describe - tells the inputs at an index.
 */
export function expectClose(
  what: string,
  got: ArrayLike<number>,
  expected: ArrayLike<number>,
  tolerance: number,
  describe: (index: number) => string = () => '',
): void {
  if (got.length !== expected.length) throw new Error(`${what} has ${got.length} values; expected ${expected.length}`)
  let worst = -1
  let error = 0
  for (let index = 0; index < expected.length; index++) {
    const difference = Math.abs(got[index]! - expected[index]!)
    // NaN compares with nothing, so it has to be asked for.
    if (Number.isNaN(difference) || difference > Math.max(tolerance, error)) {
      worst = index
      error = Number.isNaN(difference) ? Number.POSITIVE_INFINITY : difference
    }
  }
  if (worst < 0) return
  throw new Error(
    `${what}[${worst}] is ${got[worst]}; expected ${expected[worst]}, an error of ${(error / tolerance).toPrecision(3)} ` +
      `tolerances of ${tolerance.toPrecision(3)}${describe(worst)}`,
  )
}

/** Which results to compare. */
export interface CompareOptions {
  readonly precision: Precision
  readonly elements: boolean
}

/**
 * Evaluates a batch by an adapter and compares with the reference: value, gradient, and the elements where it supports
 * them. The reference goes first, so that an adapter that writes to its input does not change what is expected.
 */
export async function compareWithReference(
  loss: Loss,
  batch: Batch,
  compiled: CompiledLoss,
  { precision, elements }: CompareOptions,
): Promise<void> {
  const expected = evaluate(loss, batch)
  const rounded = evaluate(loss, batch, { round: rounding[shownIn[precision]] })
  const place = describePlace(batch)
  const got = await compiled.evaluate(batch)
  const tolerance = (key: 'gradient' | 'elements') => toleranceFor(expected[key]!, rounded[key]!, precision)
  // Elements first: where they are wrong, the value and the gradient follow.
  if (elements && expected.elements !== undefined) {
    if (got.elements === undefined) throw new Error('elements are missing, but the adapter declares to support them')
    expectClose('elements', got.elements, expected.elements, tolerance('elements'), place)
  }
  expectClose('value', [got.value], [expected.value], toleranceFor([expected.value], [rounded.value], precision))
  expectClose('gradient', got.gradient, expected.gradient, tolerance('gradient'), place)
}

/** Compiles a loss, evaluates a batch, compares with the reference, and disposes. */
export async function checkLoss(
  compile: (loss: Loss) => Promise<CompiledLoss>,
  loss: Loss,
  batches: readonly Batch[],
  options: CompareOptions,
): Promise<void> {
  const compiled = await compile(loss)
  try {
    for (const batch of batches) await compareWithReference(loss, batch, compiled, options)
  } finally {
    await compiled.dispose?.()
  }
}

/** A batch with the name of what is special about it. */
export interface KindOfBatch {
  readonly kind: string
  readonly batch: Batch
}

/**
 * Compiles a loss once and compares batches of several kinds. The message has a line for each kind that is wrong. Kinds whose
 * numbers are beyond the precision are told when the others are right.
 */
export async function checkKinds(
  compile: (loss: Loss) => Promise<CompiledLoss>,
  loss: Loss,
  kinds: readonly KindOfBatch[],
  options: CompareOptions,
): Promise<void> {
  const wrong: string[] = []
  const beyond: string[] = []
  const compiled = await compile(loss)
  try {
    for (const { kind, batch } of kinds) {
      await compareWithReference(loss, batch, compiled, options).catch((error: unknown) => {
        if (error instanceof BeyondPrecision) beyond.push(kind)
        else wrong.push(`${kind}: ${messageOf(error)}`)
      })
    }
  } finally {
    await compiled.dispose?.()
  }
  if (wrong.length > 0) throw new Error(wrong.join('\n'))
  if (beyond.length > 0) throw new BeyondPrecision(`beyond ${options.precision}: ${beyond.join(', ')}`)
}

function describePlace({ logits, labels, batchSize }: Batch): (index: number) => string {
  const classCount = labels.length / batchSize
  return (index) =>
    ` (row ${Math.floor(index / classCount)}, class ${index % classCount}, logit ${logits[index]}, label ${labels[index]})`
}
