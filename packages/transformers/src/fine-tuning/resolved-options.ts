import { checkNumber, DblossError } from '@dbloss/core'
import { checkCopyDtypes } from '../copies/copy-dtype.ts'
import { checkFeatureScaling, defaultFeatureScaling, type FeatureScaling } from '../features/feature-scaling.ts'
import { defaultLearningRate, resolveSettings } from '../training-settings.ts'
import type { RunChoice } from './loss-choice.ts'
import type { BlockSettings, EarlyStopping, FineTuneOptions } from './options.ts'
import { checkMetric } from './validation-metric.ts'

/** Options with their defaults, as far as they do not depend on the data. */
export interface ResolvedOptions {
  readonly choices: readonly RunChoice[]
  readonly seed: number
  readonly learningRate: number | 'find'
  readonly featureScaling: FeatureScaling
  readonly earlyStopping: EarlyStopping | undefined
  /** Absent where the head alone is trained. */
  readonly blocks: ResolvedBlocks | undefined
}

/** How blocks are trained. */
export type ResolvedBlocks = Required<Omit<BlockSettings, 'averageDecay'>> & Pick<BlockSettings, 'averageDecay'>

/**
 * Checks the options before work starts, and fills in defaults.
 *
 * @throws DblossError `argument`.
 */
export function resolveOptions(options: FineTuneOptions): ResolvedOptions {
  const { loss = 'distribution-balanced', sampler = 'uniform', compare = [], earlyStopping } = options
  const {
    featureScaling = defaultFeatureScaling,
    learningRate = defaultLearningRate,
    resume = false,
    checkpoints,
  } = options
  const { seed } = resolveSettings({ ...options, learningRate: rateForChecks(learningRate) }, 1)
  checkFeatureScaling(featureScaling)
  if (earlyStopping !== undefined) checkEarlyStopping(earlyStopping)
  if (resume && checkpoints === undefined) {
    throw new DblossError('argument', 'resume needs checkpoints; expected the folder that they are in', {
      argument: 'resume',
      found: resume,
      expected: 'checkpoints',
    })
  }
  checkCopyOptions(options)
  const choices = [{ loss, sampler }, ...compare]
  return { choices, seed, learningRate, featureScaling, earlyStopping, blocks: resolveBlocks(options) }
}

/** A rate that is still to be found cannot be wrong. */
function rateForChecks(learningRate: number | 'find'): number {
  return learningRate === 'find' ? defaultLearningRate : learningRate
}

function checkCopyOptions({ copies = [], output, dtype }: FineTuneOptions): void {
  checkCopyDtypes(copies)
  if (copies.length === 0 || (output !== undefined && dtype !== 'q8')) return
  const [found, expected] =
    output === undefined
      ? ['copies are given but the model is not saved', 'output']
      : ['a model with weights of 8 bits has no copies', 'the dtype fp32 or fp16']
  throw new DblossError('argument', `${found}; expected ${expected}`, { argument: 'copies', found: copies, expected })
}

function checkEarlyStopping({ metric = 'map', patience }: EarlyStopping): void {
  checkMetric(metric)
  if (patience !== undefined) checkNumber('earlyStopping.patience', patience, { integer: true, minimum: 1 })
}

function resolveBlocks(options: FineTuneOptions): ResolvedBlocks | undefined {
  const { trainableBlocks = 0, blockEpochs = 20, blockBatchSize = 32, blockLearningRate = 1e-4, averageDecay } = options
  checkNumber('trainableBlocks', trainableBlocks, { integer: true, minimum: 0 })
  checkNumber('blockEpochs', blockEpochs, { integer: true, minimum: 1 })
  checkNumber('blockBatchSize', blockBatchSize, { integer: true, minimum: 1 })
  checkNumber('blockLearningRate', blockLearningRate, { above: 0 })
  if (averageDecay !== undefined) checkNumber('averageDecay', averageDecay, { minimum: 0, below: 1 })
  if (trainableBlocks === 0) {
    if (averageDecay === undefined) return undefined
    throw new DblossError('argument', 'averageDecay is given but no blocks are trained; expected trainableBlocks', {
      argument: 'averageDecay',
      found: averageDecay,
      expected: 'trainableBlocks above 0',
    })
  }
  if (options.dtype === 'q8') {
    throw new DblossError('argument', 'weights of 8 bits cannot be trained; expected the dtype fp32 or fp16', {
      argument: 'dtype',
      found: options.dtype,
      expected: 'fp32 or fp16, or no trainableBlocks',
    })
  }
  const blocks = { trainableBlocks, blockEpochs, blockBatchSize, blockLearningRate }
  return averageDecay === undefined ? blocks : { ...blocks, averageDecay }
}
