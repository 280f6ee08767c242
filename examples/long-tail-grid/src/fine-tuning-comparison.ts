import {
  bootstrapMapDifference,
  type ConfidenceInterval,
  type LabelStatistics,
  labelStatistics,
  longTailedSubset,
  namedLoss,
  type SplitIntervals,
} from '@dbloss/core'
import type { Trainer } from '@dbloss/onnx-training'
import {
  attachHead,
  type Backbone,
  extractFeatures,
  type FeatureScaling,
  type ImageItem,
  measureStandardization,
  type Standardization,
  trainHead,
} from '@dbloss/transformers'
import {
  blockLogits,
  blockTrainer,
  type FineTuningSettings,
  interpolateWeights,
  type TrainingPhotographs,
  trainBlocks,
} from './fine-tuning.ts'
import { type FrozenRows, frozenRows } from './frozen-rows.ts'
import type { Samples } from './grid.ts'
import { compareSavedModel, type SavedModelDifferences } from './saved-model.ts'
import { subset, subsetSeeds, takeRows } from './subsets.ts'
import { plainViews, randomViews, type ViewSettings, viewCounts } from './views.ts'

/** The heads that fine-tuning starts from, by how their features are scaled. */
const heads = ['standardised', 'scaled'] as const
export type HeadName = (typeof heads)[number]

const headSettings = { epochs: 40, batchSize: 128, learningRate: 3e-3, weightDecay: 1e-2 }
/** How these were chosen is told in README.md. */
const viewSettings: ViewSettings = { rare: 8, common: 2, leastSide: 0.6 }
const blockSettings: Omit<FineTuningSettings, 'seed'> = {
  trainable: /conv_(dw|pw)_12|dbloss-head/,
  epochs: 20,
  batchSize: 32,
  learningRate: 1e-3,
  headLearningRateScale: 0.3,
}
/** How far the saved weights lie on the way from the weights before fine-tuning to those after. */
const keptShare = 0.5

/** One model on the test photographs, before and after fine-tuning. */
export interface Comparison {
  readonly subsetSeed: number
  readonly photographCount: number
  readonly head: HeadName
  readonly frozen: SplitIntervals
  readonly tuned: SplitIntervals
  /** By how much mAP rises, with a paired bootstrap interval over the test photographs. */
  readonly gain: ConfidenceInterval
  readonly saved: SavedModelDifferences
}

/** The photographs with the model that is fine-tuned. */
export interface Scenes {
  readonly backbone: Backbone
  readonly classNames: readonly string[]
  readonly train: readonly ImageItem[]
  readonly test: readonly ImageItem[]
}

/** Fine-tunes from each head on each subset. */
export async function compareFineTuning(scenes: Scenes, onProgress: (text: string) => void): Promise<Comparison[]> {
  const { backbone, classNames, train, test } = scenes
  onProgress(`computing the features of ${train.length} photographs`)
  const pool = { features: (await extractFeatures(backbone, train)).features, labels: labelsOf(train) }
  const scalings: Record<HeadName, FeatureScaling | Standardization> = {
    standardised: measureStandardization(pool.features, backbone.featureCount),
    scaled: 'rms',
  }
  const comparisons: Comparison[] = []
  let testRows: FrozenRows | undefined
  for (const seed of subsetSeeds) {
    const chosen = longTailedSubset({ ...subset, seed, labels: pool.labels, classCount: classNames.length })
    const training = takeRows(pool, chosen, backbone.featureCount)
    const statistics = labelStatistics(training.labels, { classCount: classNames.length })
    let photographs: TrainingPhotographs | undefined
    for (const head of heads) {
      const start = await startFrom(scenes, training, statistics, scalings[head], seed)
      try {
        // The frozen blocks are those of every subset and every head.
        testRows ??= await frozenRows(start.trainer, plainViews(test, backbone.processor), test.length)
        if (photographs === undefined) onProgress(`subset ${seed}: what the frozen blocks make of the photographs`)
        photographs ??= await viewsOf(scenes, start.trainer, chosen, statistics, seed)
        onProgress(`subset ${seed}, ${head} features: ${start.steps} steps`)
        const measured = await fineTune(start, photographs, testRows, labelsOf(test), statistics)
        const saved = await compareSavedModel(start.trainer, backbone, classNames, test.slice(0, 8))
        comparisons.push({ subsetSeed: seed, photographCount: chosen.length, head, ...measured, saved })
        onProgress(`  mAP ${measured.frozen.all.estimate.toFixed(3)} → ${measured.tuned.all.estimate.toFixed(3)}`)
      } finally {
        await start.trainer.dispose()
      }
    }
  }
  return comparisons
}

/** A model with a trained head, ready to be fine-tuned. */
interface Start {
  readonly trainer: Trainer
  readonly steps: number
  readonly settings: FineTuningSettings
}

async function startFrom(
  { backbone }: Scenes,
  training: Samples,
  statistics: LabelStatistics,
  featureScaling: FeatureScaling | Standardization,
  seed: number,
): Promise<Start> {
  const { ort, graph } = backbone
  const { classCount } = statistics
  const loss = namedLoss('db', statistics)
  const sampler = 'class-aware'
  const { head } = await trainHead({
    ...headSettings,
    ...training,
    ort,
    classCount,
    featureScaling,
    loss,
    sampler,
    seed,
  })
  const settings = { ...blockSettings, seed }
  const steps = Math.ceil((settings.epochs * training.labels.length) / settings.batchSize)
  return { trainer: await blockTrainer(ort, attachHead(graph, head), loss, steps, settings), steps, settings }
}

/** Random views of the chosen photographs, as the frozen blocks see them. */
async function viewsOf(
  { backbone: { processor }, train }: Scenes,
  trainer: Trainer,
  chosen: readonly number[],
  { classCount, classCounts }: LabelStatistics,
  seed: number,
): Promise<TrainingPhotographs> {
  const photographs = chosen.map((row) => train[row]!)
  const labels = labelsOf(photographs)
  const counts = viewCounts(labels, classCounts, viewSettings)
  const viewCount = counts.reduce((sum, count) => sum + count, 0)
  const rows = await frozenRows(trainer, randomViews(photographs, counts, viewSettings, seed, processor), viewCount)
  return { rows, viewCounts: counts, labels, classCount }
}

/** Leaves the trainer with the weights that were measured. */
async function fineTune(
  { trainer, steps, settings }: Start,
  photographs: TrainingPhotographs,
  testRows: FrozenRows,
  labels: readonly (readonly number[])[],
  statistics: LabelStatistics,
): Promise<Pick<Comparison, 'frozen' | 'tuned' | 'gain'>> {
  const { classCount } = statistics
  const scores = async () => ({ data: await blockLogits(trainer, testRows, labels.length, classCount), classCount })
  const before = await trainer.state()
  const baseline = await scores()
  await trainBlocks(trainer, photographs, steps, settings)
  await interpolateWeights(trainer, before, keptShare)
  const tuned = await scores()
  const compared = bootstrapMapDifference({ labels, statistics, baseline, scores: { tuned }, seed: settings.seed })
  const { map, difference } = compared.models.tuned
  return { frozen: compared.baseline, tuned: map, gain: difference.all }
}

function labelsOf(items: readonly ImageItem[]): (readonly number[])[] {
  return items.map(({ labels }) => labels)
}
