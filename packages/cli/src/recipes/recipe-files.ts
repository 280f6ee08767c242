import { readFile, writeFile } from 'node:fs/promises'
import { join, relative, resolve, sep } from 'node:path'
import type { FolderContent, ImageItem } from '@dbloss/transformers'
import { publishedRuns } from './published-runs.ts'
import { type RecipeName, recipes } from './recipes.ts'

/** The record of how a folder was made; a folder that has one was written by a recipe. */
const recordName = 'recipe.json'
/** The config file of the training. */
export const configName = 'dbloss.config.json'

/** What a recipe writes. */
export interface RecipeFolder {
  readonly name: RecipeName
  /** The user's images, from which the paths in the tables go. */
  readonly images: string
  readonly classNames: readonly string[]
  readonly training: readonly ImageItem[]
  readonly test: readonly ImageItem[]
  readonly record: object
}

/** A folder that a recipe wrote may be replaced by another. */
export const recipeContent: FolderContent = { name: 'recipe', isIn: hasRecord }

/** Writes the tables of training and test images, the config file of the training, and the record. */
export async function writeRecipe(folder: string, recipe: RecipeFolder): Promise<void> {
  const { name, images, training, test, record } = recipe
  await writeFile(join(folder, 'train.csv'), table(training, recipe))
  await writeFile(join(folder, 'test.csv'), table(test, recipe))
  await writeFile(join(folder, configName), json(trainingConfig(name, images)))
  await writeFile(join(folder, recordName), json(record))
}

/** Backbone, losses and samplers of the paper; no validation images, so that all training images are trained on. */
function trainingConfig(name: RecipeName, images: string) {
  const [main, ...others] = publishedRuns(recipes[name])
  return {
    format: 'table',
    images: resolve(images),
    model: 'Xenova/resnet-50',
    train: {
      loss: main!.typed,
      sampler: main!.sampler,
      compare: others.map(({ typed, sampler }) => `${typed}/${sampler}`),
      validation: 0,
      published: name,
    },
  }
}

function table(items: readonly ImageItem[], { images, classNames }: RecipeFolder): string {
  const rows = items.map(({ path, labels }) => {
    const inside = relative(resolve(images), path).split(sep).join('/')
    return [inside, JSON.stringify(labels.map((label) => classNames[label]))].map(quoted).join(',')
  })
  return `path,labels\n${rows.map((row) => `${row}\n`).join('')}`
}

/** As RFC 4180 quotes a field that needs it. */
function quoted(field: string): string {
  return /[",\r\n]/.test(field) ? `"${field.replaceAll('"', '""')}"` : field
}

function json(value: object): string {
  return `${JSON.stringify(value, undefined, 2)}\n`
}

async function hasRecord(folder: string): Promise<boolean> {
  try {
    const record: unknown = JSON.parse(await readFile(join(folder, recordName), 'utf8'))
    return typeof record === 'object' && record !== null && 'recipe' in record && String(record.recipe) in recipes
  } catch {
    return false
  }
}
