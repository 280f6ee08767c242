import { namedLosses } from '@dbloss/core'
import { Command, Option } from 'commander'
import manifest from '../package.json' with { type: 'json' }
import {
  badImageActions,
  featureScalings,
  parseCompare,
  parseLoss,
  parseNumber,
  parseSubset,
  poolings,
  samplers,
} from './arguments.ts'
import { mainHelp, predictHelp, trainHelp } from './help.ts'
import { coloursFor, type Io } from './io.ts'
import { type PredictOptions, predict } from './predict.ts'
import { type TrainOptions, train } from './train.ts'

/** The command line: what can be typed, and which function does it. */
export function createProgram(io: Io): Command {
  const colours = coloursFor(io, io.stdout)
  const program = new Command('dbloss')
    .description('Fine-tune vision models on long-tailed multi-label photographs, without Python.')
    .version(manifest.version, '-v, --version', 'print the version')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .showHelpAfterError('(dbloss --help explains, with examples)')
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) })
    .configureHelp({ styleTitle: (title) => colours.bold(title), styleOptionText: (text) => colours.cyan(text) })
    .addHelpText('after', mainHelp)
  addTrain(program, io)
  addPredict(program, io)
  return program
}

function addTrain(program: Command, io: Io): void {
  program
    .command('train')
    .summary('train a classifier on a folder of labelled pictures')
    .description(
      'Train a multi-label classifier on the pictures of a folder and save a model that transformers.js loads.',
    )
    .argument('<folder>', 'pictures with metadata.jsonl or metadata.csv, flat or with train/ and test/ inside')
    .requiredOption('-m, --model <model>', 'the backbone: a local folder or a name on the Hugging Face hub')
    .option('-o, --output <folder>', 'where the model is saved; without it nothing is saved, only measured')
    .option('--loss <name>', 'the loss; see below', parseLoss, 'distribution-balanced')
    .addOption(new Option('--sampler <name>', 'how pictures are drawn').choices(samplers).default('uniform'))
    .option('--compare <list>', 'also train these, as in bce,bce/class-aware,db/class-aware', parseCompare)
    .option('--seed <n>', 'of everything random', parseNumber({ integer: true, minimum: 0 }), 0)
    .option(
      '--epochs <n>',
      'passes over the pictures (default: 40, and on small data as many as make 1,000 steps)',
      parseNumber({ integer: true, minimum: 1 }),
    )
    .option('--batch-size <n>', 'pictures a step', parseNumber({ integer: true, minimum: 1 }), 128)
    .option('--learning-rate <x>', 'at its highest', parseNumber({ minimum: 0, above: true }), 3e-3)
    .option('--weight-decay <x>', 'decoupled, as in AdamW', parseNumber({ minimum: 0 }), 1e-2)
    .addOption(
      new Option('--pooling <name>', 'how a base model’s output becomes one vector').choices(poolings).default('auto'),
    )
    .addOption(
      new Option('--feature-scaling <name>', 'before training; the saved model undoes it')
        .choices(featureScalings)
        .default('rms'),
    )
    .addOption(
      new Option('--on-bad-image <action>', 'what an unreadable picture does').choices(badImageActions).default('fail'),
    )
    .option('--evaluate <split>', 'the split to measure on (default: test, else validation, else a fifth of train)')
    .option('--subset <numbers>', 'train on a long-tailed subset: max,min,exponent,seed', parseSubset)
    .option('--overwrite', 'replace an existing output folder', false)
    .option('--json <file>', 'also write all results to this file')
    .addHelpText('after', trainHelp(namedLosses))
    .action((folder: string, options: TrainOptions) => train(folder, options, io))
}

function addPredict(program: Command, io: Io): void {
  program
    .command('predict')
    .summary('label pictures with a trained model')
    .description('Label pictures with a model that `dbloss train` has saved. Scores are probabilities, one a label.')
    .argument('<model>', 'the folder of the model')
    .argument('<images...>', 'image files, or folders of them')
    .option(
      '-t, --threshold <x>',
      'show labels that score at least this (default: 0.5, or 0 with --top-k)',
      parseNumber({ minimum: 0, maximum: 1 }),
    )
    .option('-k, --top-k <n>', 'show at most so many labels a picture', parseNumber({ integer: true, minimum: 1 }))
    .option('--json', 'print JSON instead of text', false)
    .addHelpText('after', predictHelp)
    .action((model: string, images: string[], options: PredictOptions) => predict(model, images, options, io))
}
