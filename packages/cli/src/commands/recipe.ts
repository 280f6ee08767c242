import { join } from 'node:path'
import { type LabelStatistics, splitClasses } from '@dbloss/core'
import { Argument, type Command } from 'commander'
import { parseNumber } from '../arguments.ts'
import { coloursFor, type Io } from '../io.ts'
import { printJson } from '../json-output.ts'
import { checkImages } from '../recipes/check-images.ts'
import type { Recipe, RecipeImages } from '../recipes/recipe.ts'
import { configName, recipeContent, writeRecipe } from '../recipes/recipe-files.ts'
import { recipeRecord, trainingStatistics } from '../recipes/recipe-record.ts'
import { type RecipeName, recipeNames, recipes } from '../recipes/recipes.ts'
import { drawnImages, listedImages } from '../recipes/training-set.ts'
import { tableByFrequency } from '../tables.ts'

interface RecipeOptions {
  readonly images: string
  readonly output: string
  readonly list?: string
  readonly seed: number
  readonly overwrite: boolean
  readonly json: boolean
}

const help = `
The recipes, from Wu et al., "Distribution-Balanced Loss for Multi-Label Classification in Long-Tailed Datasets", ECCV 2020:
  voc-mlt    --images VOCdevkit, with VOC2012 (trainval) and VOC2007 (test)
  coco-mlt   --images the folder with annotations, train2017 and val2017 of COCO 2017

Examples:
  $ dbloss recipe voc-mlt --images ./VOCdevkit --output ./voc-mlt
  $ dbloss train ./voc-mlt --config ./voc-mlt/${configName} --output ./my-model
  $ dbloss recipe voc-mlt --images ./VOCdevkit --list ./img_id.txt --output ./voc-mlt

What is written are tables that name the pictures where they are, and the settings of the training. No picture is copied.
docs/recipes.md says what is as in the paper and what is not.
`

/** Adds `dbloss recipe`. */
export function addRecipe(program: Command, io: Io): void {
  program
    .command('recipe')
    .summary('prepare VOC-MLT or COCO-MLT from your own copy of the images')
    .description('Prepare the long-tailed data set of a paper, and a training as in the paper, from your own images.')
    .addArgument(new Argument('<name>', 'of the data set').choices(recipeNames))
    .requiredOption('--images <folder>', 'your copy of the images: VOCdevkit, or the folder of COCO 2017')
    .requiredOption('-o, --output <folder>', 'where the tables and the config file are written')
    .option('--list <file>', 'ids of the training pictures, one a line (default: they are drawn as in the paper)')
    .option('--seed <n>', 'of the drawing', parseNumber({ integer: true, minimum: 0 }), 1)
    .option('--overwrite', 'replace a recipe that is there', false)
    .option('--json', 'print JSON instead of a table', false)
    .addHelpText('after', help)
    .action((name: RecipeName, options: RecipeOptions) => prepare(name, options, io))
}

/**
 * Chooses the training and test pictures of a paper's data set and writes them with the settings of the training.
 *
 * @throws DblossError `data` for images and lists that are missing or not those of the recipe, and for labels without a training
 * picture; `output` for a folder that exists or cannot be written.
 */
async function prepare(name: RecipeName, options: RecipeOptions, io: Io): Promise<void> {
  const { images, output, list, seed, overwrite, json } = options
  const recipe = recipes[name]
  await checkImages(images, recipe)
  const { checkOutputFolder, writeFolder } = await import('@dbloss/transformers')
  await checkOutputFolder(output, overwrite, recipeContent)
  io.stderr.write(`Reading the labels of ${recipe.pool} and ${recipe.test}\n`)
  const read = await recipe.read(images)
  io.signal?.throwIfAborted()
  const training = list === undefined ? drawnImages(read, recipe, seed) : await listedImages(read, recipe, list)
  const statistics = trainingStatistics(read, training)
  const record = recipeRecord(name, options, read, statistics)
  await writeFolder(output, { overwrite, signal: io.signal, content: recipeContent }, (folder) =>
    writeRecipe(folder, { name, images, training, record, classNames: read.classNames, test: read.test }),
  )
  if (json) printJson({ ...record, output }, io)
  else printResult({ recipe, read, statistics }, options, io)
}

interface Prepared {
  readonly recipe: Recipe
  readonly read: RecipeImages
  readonly statistics: LabelStatistics
}

function printResult({ recipe, read, statistics }: Prepared, { output, list, seed }: RecipeOptions, io: Io): void {
  const { title, pool, test, released } = recipe
  const { classNames } = read
  const colours = coloursFor(io, io.stdout)
  const { head, medium, tail } = splitClasses(statistics)
  const origin = list === undefined ? `drawn with seed ${seed} from` : `of ${list}, out of`
  io.stdout.write(`${title}: ${statistics.sampleCount} training pictures, ${origin} the ${read.pool.length} of ${pool}
Labels: ${head.length} head, ${medium.length} medium, ${tail.length} tail
The released list: ${released.pictures} pictures; ${released.head} head, ${released.medium} medium, ${released.tail} tail
Test: the ${read.test.length} pictures of ${test}

${tableByFrequency({ statistics, classNames, colours, titles: [] }, () => [])}

The tables, and the losses and samplers of the paper, are in ${colours.bold(output)}
Next:  ${colours.cyan(`dbloss train ${output} --config ${join(output, configName)} --output ./my-model`)}
`)
}
