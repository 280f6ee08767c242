import { Command } from 'commander'
import manifest from '../package.json' with { type: 'json' }
import { addCheck } from './commands/check.ts'
import { addEvaluate } from './commands/evaluate.ts'
import { addExport } from './commands/export.ts'
import { addExtract } from './commands/extract.ts'
import { addPredict } from './commands/predict.ts'
import { addPull } from './commands/pull.ts'
import { addPush } from './commands/push.ts'
import { addRecipe } from './commands/recipe.ts'
import { addReport } from './commands/report.ts'
import { addStats } from './commands/stats.ts'
import { addThresholds } from './commands/thresholds.ts'
import { addTrain } from './commands/train.ts'
import { applyConfigFile } from './config-file.ts'
import { mainHelp } from './help.ts'
import { coloursFor, type Io } from './io.ts'

/** In the order of the work. */
const commands = [
  addStats,
  addCheck,
  addExtract,
  addTrain,
  addEvaluate,
  addThresholds,
  addReport,
  addPredict,
  addExport,
  addPush,
  addPull,
  addRecipe,
]

/** The command line: what can be typed, and which function does it. */
export function createProgram(io: Io): Command {
  const colours = coloursFor(io, io.stdout)
  const program = new Command('dbloss')
    .description('Fine-tune vision models on long-tailed multi-label photographs, without Python.')
    .version(manifest.version, '-v, --version', 'print the version')
    .option('--config <file>', 'flags and their values as JSON (default: dbloss.config.json, where there is one)')
    .helpOption('-h, --help', 'print this help')
    .helpCommand(false)
    .showHelpAfterError('(dbloss --help explains, with examples)')
    .exitOverride()
    .configureOutput({ writeOut: (text) => io.stdout.write(text), writeErr: (text) => io.stderr.write(text) })
    .configureHelp({
      showGlobalOptions: true,
      styleTitle: (title) => colours.bold(title),
      styleOptionText: (text) => colours.cyan(text),
    })
    .addHelpText('after', mainHelp)
    .hook('preSubcommand', async (parent, command) =>
      applyConfigFile(command, parent.opts<{ config?: string }>().config),
    )
  for (const add of commands) add(program, io)
  return program
}
