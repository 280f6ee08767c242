/**
 * What fine-tuning the last block adds to a frozen backbone, on the long-tailed subsets of the scenes: a head is trained on
 * the frozen features with DB and class-aware sampling; then the block and the head are trained on with DB, and the weights
 * before and after are averaged. Once from the head of `grid`, which standardises the features, and once from the stronger
 * head that scales them by one number. Fails when fine-tuning does not beat the head of `grid` on each subset, or when a
 * saved model gives other logits elsewhere.
 */
import { join } from 'node:path'
import { loadBackbone, readImageFolder } from '@dbloss/transformers'
import { type Comparison, compareFineTuning, type HeadName } from './fine-tuning-comparison.ts'
import { fineTuningTable } from './fine-tuning-table.ts'
import type { SavedModelDifferences } from './saved-model.ts'

const LOGIT_TOLERANCE = 1e-5

const realData = process.env.DBLOSS_REAL_DATA
if (realData === undefined || realData === '') console.log('real data not present: set DBLOSS_REAL_DATA to its folder')
else if (!report(await compare(realData))) process.exitCode = 1

async function compare(folder: string): Promise<Comparison[]> {
  const { classNames, splits } = await readImageFolder(join(folder, 'photos/scenes'))
  const backbone = await loadBackbone(join(folder, 'models/mobilenet_v1_1.0_224_pw12'))
  try {
    const scenes = { backbone, classNames, train: splits.train, test: splits.test! }
    return await compareFineTuning(scenes, (text) => console.error(`… ${text}`))
  } finally {
    await backbone.dispose()
  }
}

/** @returns whether all that is expected was found. */
function report(comparisons: readonly Comparison[]): boolean {
  const of = (name: HeadName) => comparisons.filter(({ head }) => head === name)
  console.log('\nScenes, block 12 fine-tuned with DB, mAP on 500 photographs in percent, gain with its 95 % interval')
  console.log(`From the head of the grid, its features standardised\n${fineTuningTable(of('standardised'))}`)
  console.log(
    `From the head as fineTune trains it, its features scaled by one number\n${fineTuningTable(of('scaled'))}`,
  )

  const largest = (of: (saved: SavedModelDifferences) => number) =>
    Math.max(...comparisons.map(({ saved }) => of(saved)))
  const betweenRuntimes = largest((saved) => saved.betweenRuntimes)
  const fromTrainer = largest((saved) => saved.fromTrainer)
  const relative = largest((saved) => saved.fromTrainer / Math.max(1, saved.largestLogit))
  return [
    check('fine-tuning beats the head of the grid on every subset', wins(of('standardised'))),
    check(
      `logits of the saved models in onnxruntime and transformers.js differ by ${betweenRuntimes.toExponential(1)}, expected at most ${LOGIT_TOLERANCE}`,
      betweenRuntimes <= LOGIT_TOLERANCE,
    ),
    check(
      `and from those of the trainer by ${fromTrainer.toExponential(1)}, ${relative.toExponential(1)} of the largest, expected at most ${LOGIT_TOLERANCE} of it`,
      relative <= LOGIT_TOLERANCE,
    ),
  ].every(Boolean)
}

function wins(comparisons: readonly Comparison[]): boolean {
  return comparisons.every(({ gain }) => gain.estimate > 0)
}

function check(text: string, isTrue: boolean): boolean {
  console.log(`${isTrue ? 'ok' : 'MISSED'}  ${text}`)
  return isTrue
}
