import { access, constants, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { DblossError } from '@dbloss/core'
import type { FineTuneResult } from '@dbloss/transformers'
import { splitsOfClasses } from './class-splits.ts'

/**
 * Checks before work starts that a file can be written.
 *
 * @throws DblossError `argument` for a folder, and where the folder of the file is missing or cannot be written.
 */
export async function checkResultsFile(file: string): Promise<void> {
  const folder = dirname(file)
  const isWritable = await access(folder, constants.W_OK).then(
    () => true,
    () => false,
  )
  const existing = await stat(file).catch(() => undefined)
  if (isWritable && existing?.isDirectory() !== true) return
  const problem = isWritable ? `${file} is a folder` : `the folder ${folder} does not exist or cannot be written`
  throw new DblossError('argument', `${problem}; expected a file for the results`, {
    argument: 'json',
    found: file,
    expected: 'a file in a folder that can be written',
  })
}

/** Writes all results as JSON, as a whole or not at all. A measure without a value, NaN, becomes null. */
export async function writeResults(
  file: string,
  { folder, model, result }: { folder: string; model: string; result: FineTuneResult },
): Promise<void> {
  const temporary = join(dirname(file), `.${basename(file)}.${process.pid}`)
  try {
    await writeFile(temporary, `${JSON.stringify(summary(folder, model, result), undefined, 2)}\n`)
    await rename(temporary, file)
  } catch (error) {
    await rm(temporary, { force: true })
    throw error
  }
}

function summary(folder: string, model: string, result: FineTuneResult) {
  const { runs, statistics, classNames, evaluatedOn, evaluationCount, output, features, skipped } = result
  const splits = splitsOfClasses(statistics)
  return {
    data: folder,
    model,
    output,
    features,
    sampleCount: statistics.sampleCount,
    evaluatedOn,
    evaluationCount,
    classes: classNames.map((name, index) => ({
      name,
      count: statistics.classCounts[index],
      split: splits[index],
    })),
    runs: runs.map(({ loss, lossParameters, sampler, metrics, lossCurve }) => ({
      loss,
      lossParameters,
      sampler,
      map: metrics.map,
      f1: metrics.f1,
      averagePrecision: Object.fromEntries(classNames.map((name, index) => [name, metrics.averagePrecision[index]])),
      lossCurve,
    })),
    skipped,
  }
}
