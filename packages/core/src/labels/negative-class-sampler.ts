import { checkNumber } from '../check-number.ts'
import { DblossError } from '../errors.ts'
import { createRandom, type RandomState } from '../random.ts'
import { aliasTable } from './alias-table.ts'
import { type ClassDistribution, classProbabilities } from './class-distribution.ts'
import { gatherClasses } from './gather-classes.ts'
import { type LabelRow, readSampleLabels, type SampleLabels } from './label-row.ts'

/**
 * The weight w of a drawn class: `importance` is 1/(m q), which makes the weighted sum over the drawn classes an unbiased
 * estimate of the sum over all classes; `constant` is 1, by which classes that are drawn often count more.
 */
export type NegativeWeighting = 'importance' | 'constant'

/** What {@link negativeClassSampler} needs. */
export interface NegativeClassSamplerOptions {
  /** C, the number of all classes. */
  readonly classCount: number
  /** m, how many classes are drawn a batch, with replacement. */
  readonly negatives: number
  /** q. Default `uniform`. */
  readonly distribution?: ClassDistribution
  /** w. Default `importance`. */
  readonly weighting?: NegativeWeighting
  /** π up to a common factor, [C]: class priors or class counts, above 0. Losses with τ > 0 need it. Default: none. */
  readonly priors?: ArrayLike<number>
  /**
   * Rounds |S| up to a multiple of this (or to C) with the first classes that are not in S, at weight 0. They change no
   * loss, and keep the number of different shapes small, each of which a kernel is compiled for. Default 1.
   */
  readonly padToMultipleOf?: number
  /** A non-negative integer; the same seed gives the same classes everywhere. */
  readonly seed: number
}

/** The classes S that a batch is trained on, with what losses over sampled classes need. */
export interface SampledClasses {
  /** S, ascending: the classes that some row of the batch carries, those drawn, and those filled up with. */
  readonly classes: Int32Array
  /** Row-major [B, |S|]: 1 positive, 0 negative, between them soft, −1 unknown. */
  readonly labels: Float32Array
  readonly batchSize: number
  /**
   * `negativeWeights` [|S|]: how often a class was drawn, times w; 0 for classes that were not drawn. `logPriors` [|S|]: log π,
   * where the sampler has priors.
   */
  readonly inputs: Readonly<Record<string, Float32Array>>
}

/** Draws negative classes batch by batch. */
export interface NegativeClassSampler {
  /** q, [C]. */
  readonly probabilities: Float64Array
  /**
   * Draws m classes for a batch.
   *
   * @param labels - for each row its positive classes, or `{ classes, values, unknown }`.
   * @throws DblossError `shape` for no rows, `labels` for a bad class index; nothing is drawn then.
   */
  sample(labels: readonly SampleLabels[]): SampledClasses
  /** Everything that the sampler goes on from, as plain JSON. */
  state(): unknown
  /**
   * Goes on from a state.
   *
   * @throws DblossError `argument` for a state of another kind, number of classes or number of negatives.
   */
  restore(state: unknown): void
}

interface SamplerState {
  readonly kind: 'negative-class-sampler'
  readonly classCount: number
  readonly negatives: number
  readonly random: RandomState
}

/**
 * Negative sampling: instead of all C classes a step takes the classes that its batch carries and m drawn ones, which all
 * rows share. Drawing takes constant time a class, and nothing of size [B, C] is made.
 *
 * With importance weights only classes of q > 0 can stand for the sum over all classes: with `counts` and a power above 0,
 * classes without a sample are never drawn as negatives.
 *
 * @throws DblossError `argument` for numbers out of range, counts that are all 0, and priors that are not above 0; `shape`
 * for values that are not one a class.
 * @see Rawat et al., Disentangling Sampling and Labeling Bias for Learning in Large-Output Spaces, ICML 2021.
 *
 * @example
 * const sampler = negativeClassSampler({ classCount: 100_000, negatives: 512, seed: 1 })
 * const { classes, labels, inputs } = sampler.sample([[17, 4096], [3]])
 */
export function negativeClassSampler({
  classCount,
  negatives,
  distribution = 'uniform',
  weighting = 'importance',
  priors,
  padToMultipleOf = 1,
  seed,
}: NegativeClassSamplerOptions): NegativeClassSampler {
  checkNumber('classCount', classCount, { integer: true, minimum: 1 })
  checkNumber('negatives', negatives, { integer: true, minimum: 1 })
  checkNumber('padToMultipleOf', padToMultipleOf, { integer: true, minimum: 1 })
  checkWeighting(weighting)
  const logPriors = priors && checkedLogPriors(priors, classCount)
  const probabilities = classProbabilities(distribution, classCount)
  const table = aliasTable(probabilities)
  const expected = { classCount, described: 'classCount says' }
  let random = createRandom(seed)

  function weightOf(index: number): number {
    return weighting === 'importance' ? 1 / (negatives * probabilities[index]!) : 1
  }

  return {
    probabilities,
    sample(labels) {
      if (labels.length === 0) {
        throw new DblossError('shape', 'labels has no rows; expected at least one', {
          argument: 'labels',
          found: 0,
          expected: 'at least one row',
        })
      }
      const rows = labels.map((row, number) => readSampleLabels(row, number, expected))
      const drawn = Array.from({ length: negatives }, () => table.draw(random))
      const classes = sampledSet(drawn, rows, classCount, padToMultipleOf)
      const columns = new Map<number, number>()
      classes.forEach((index, column) => {
        columns.set(index, column)
      })
      const drawnCounts = new Float32Array(classes.length)
      for (const index of drawn) drawnCounts[columns.get(index)!]!++
      return {
        classes,
        labels: labelColumns(rows, columns),
        batchSize: rows.length,
        inputs: {
          negativeWeights: drawnCounts.map((count, column) => (count === 0 ? 0 : count * weightOf(classes[column]!))),
          ...(logPriors === undefined ? {} : { logPriors: gatherClasses(logPriors, classes) }),
        },
      }
    },
    state(): SamplerState {
      return { kind: 'negative-class-sampler', classCount, negatives, random: random.state() }
    },
    restore(state) {
      const given = state as Partial<SamplerState> | null | undefined
      if (
        given?.kind !== 'negative-class-sampler' ||
        given.classCount !== classCount ||
        given.negatives !== negatives ||
        !Array.isArray(given.random)
      ) {
        throw new DblossError('argument', `the state is not one of ${negatives} negatives of ${classCount} classes`, {
          argument: 'state',
          found: state,
          expected: 'what state() of such a sampler gave',
        })
      }
      random = createRandom(given.random)
    },
  }
}

/** Drawn classes and positives, filled up with the first others; ascending. */
function sampledSet(
  drawn: readonly number[],
  rows: readonly LabelRow[],
  classCount: number,
  multiple: number,
): Int32Array {
  const chosen = new Set(drawn)
  for (const { classes } of rows) for (const index of classes) chosen.add(index)
  const size = Math.min(classCount, Math.ceil(chosen.size / multiple) * multiple)
  for (let index = 0; chosen.size < size; index++) chosen.add(index)
  return Int32Array.from(chosen).sort()
}

/** The labels of the sampled classes; unknown ones matter only where their class is sampled. */
function labelColumns(rows: readonly LabelRow[], columns: ReadonlyMap<number, number>): Float32Array {
  const labels = new Float32Array(rows.length * columns.size)
  rows.forEach(({ classes, values, unknown }, row) => {
    const start = row * columns.size
    classes.forEach((index, position) => {
      labels[start + columns.get(index)!] = values?.[position] ?? 1
    })
    for (const index of unknown) {
      const column = columns.get(index)
      if (column !== undefined) labels[start + column] = -1
    }
  })
  return labels
}

function checkWeighting(weighting: NegativeWeighting): void {
  if (weighting === 'importance' || weighting === 'constant') return
  throw new DblossError('argument', `weighting is '${String(weighting)}'; expected importance or constant`, {
    argument: 'weighting',
    found: weighting,
    expected: "'importance' | 'constant'",
  })
}

function checkedLogPriors(priors: ArrayLike<number>, classCount: number): Float32Array {
  if (priors.length !== classCount) {
    throw new DblossError('shape', `priors has ${priors.length} values for ${classCount} classes`, {
      argument: 'priors',
      found: priors.length,
      expected: `${classCount} values`,
    })
  }
  return Float32Array.from(priors, (prior, index) => {
    if (prior > 0 && prior < Infinity) return Math.log(prior)
    throw new DblossError(
      'argument',
      `priors[${index}] is ${prior}; expected a number above 0, for example from a pseudoCount`,
      { argument: 'priors', found: prior, expected: 'finite numbers above 0' },
    )
  })
}
