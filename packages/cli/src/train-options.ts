import { namedLosses } from '@dbloss/core'
import type { CopyDtype, FeatureScaling, SamplerName, ValidationMetric } from '@dbloss/transformers'
import { type Command, Option } from 'commander'
import {
  featureScalings,
  type LossAndSampler,
  parseCompare,
  parseLearningRate,
  parseNumber,
  parseSubset,
  type Subset,
  samplers,
  validationMetrics,
} from './arguments.ts'
import { parseCopies } from './copies-option.ts'
import { addDataOptions, type DataOptions, dataArgument } from './data-options.ts'
import { trainHelp } from './help.ts'
import { parseLoss, type TypedLoss } from './loss-text.ts'
import { addBackboneOptions, addBadImageOption, type BackboneOptions, type BadImageOption } from './picture-options.ts'
import { type RecipeName, recipeNames } from './recipes/recipes.ts'

/** The options of `dbloss train`. */
export interface TrainOptions extends DataOptions, BackboneOptions, BadImageOption {
  readonly model: string
  readonly output?: string
  readonly copies?: readonly CopyDtype[]
  readonly loss: TypedLoss
  readonly sampler: SamplerName
  readonly compare?: readonly LossAndSampler[]
  readonly seed: number
  readonly epochs?: number
  readonly batchSize: number
  readonly learningRate: number | 'find'
  readonly weightDecay: number
  readonly featureScaling: FeatureScaling
  readonly trainableBlocks?: number
  readonly blockEpochs?: number
  readonly blockBatchSize?: number
  readonly blockLearningRate?: number
  readonly averageDecay?: number
  readonly cache?: string
  readonly evaluate?: string
  readonly validation?: number
  readonly keepBest?: ValidationMetric
  readonly patience?: number
  readonly subset?: Subset
  readonly overwrite: boolean
  readonly checkpoints?: string
  readonly resume: boolean
  readonly results?: string
  readonly published?: RecipeName
  readonly json: boolean
}

/** Describes `dbloss train` and its flags; those that are not typed get the defaults of `fineTune`. */
export function addTrainOptions(command: Command): Command {
  command
    .summary('train a classifier on labelled pictures')
    .description('Train a multi-label classifier on labelled pictures and save a model that transformers.js loads.')
    .argument('<data>', dataArgument)
    .requiredOption('-m, --model <model>', 'the backbone: a local folder or a name on the Hugging Face hub')
    .option('-o, --output <folder>', 'where the model is saved; without it nothing is saved, only measured')
    .option('--copies <list>', 'also save smaller copies of it: q8, fp16 or both', parseCopies)
    .option('--overwrite', 'replace a model that is there', false)
  addDataOptions(command)
  addLossOptions(command)
  addLearningOptions(command)
  addFeatureOptions(command)
  addMeasuringOptions(command)
  return command
    .option('--checkpoints <folder>', 'save training there as it goes')
    .option('--resume', 'go on from the checkpoints', false)
    .option('--results <file>', 'also write all results to this file, as JSON')
    .addOption(new Option('--published <recipe>', 'also show the published numbers of a recipe').choices(recipeNames))
    .option('--json', 'print JSON instead of tables', false)
    .addHelpText('after', trainHelp(namedLosses))
}

function addLossOptions(command: Command): void {
  command
    .option('--loss <name>', 'the loss, perhaps with parameters; see below', parseLoss, 'distribution-balanced')
    .addOption(new Option('--sampler <name>', 'how pictures are drawn').choices(samplers).default('uniform'))
    .option('--compare <list>', 'also train these, as in bce,bce/class-aware,db/class-aware', parseCompare)
    .option('--subset <numbers>', 'train on a long-tailed subset: max,min,exponent,seed', parseSubset)
}

function addLearningOptions(command: Command): void {
  const count = parseNumber({ integer: true, minimum: 1 })
  command
    .option('--seed <n>', 'of everything random', parseNumber({ integer: true, minimum: 0 }), 0)
    .option('--epochs <n>', 'of the head (default: 40, and on small data as many as make 1,000 steps)', count)
    .option('--batch-size <n>', 'pictures a step', count, 128)
    .option('--learning-rate <x>', 'of the head at its highest; find searches one', parseLearningRate, 3e-3)
    .option('--weight-decay <x>', 'decoupled, as in AdamW', parseNumber({ minimum: 0 }), 1e-2)
    .option(
      '--trainable-blocks <n>',
      'also train so many of the last blocks of the backbone (default: 0)',
      parseNumber({ integer: true, minimum: 0 }),
    )
    .option('--block-epochs <n>', 'of the blocks, after those of the head (default: 20)', count)
    .option('--block-batch-size <n>', 'pictures a step of the blocks (default: 32)', count)
    .option(
      '--block-learning-rate <x>',
      'of the blocks at its highest (default: 1e-4)',
      parseNumber({ minimum: 0, above: true }),
    )
    .option(
      '--average-decay <x>',
      'save a moving average of the weights of the blocks, as 0.98',
      parseNumber({ minimum: 0, maximum: 1 }),
    )
}

function addFeatureOptions(command: Command): void {
  addBackboneOptions(command)
  addBadImageOption(command)
    .addOption(
      new Option('--feature-scaling <name>', 'before training; the saved model undoes it')
        .choices(featureScalings)
        .default('rms'),
    )
    .option('--cache <folder>', 'keep the features of pictures there, for later runs')
}

function addMeasuringOptions(command: Command): void {
  command
    .option('--evaluate <split>', 'the split to measure on (default: test, else validation, else a fifth of train)')
    .option(
      '--validation <share>',
      'of the training pictures, to tune thresholds on (default: the validation split, else 0.1)',
      parseNumber({ minimum: 0, maximum: 1 }),
    )
    .addOption(
      new Option('--keep-best <metric>', 'keep the epoch that is best on validation (default: the last)').choices(
        validationMetrics,
      ),
    )
    .option(
      '--patience <n>',
      'stop after so many epochs without a new best',
      parseNumber({ integer: true, minimum: 1 }),
    )
}
