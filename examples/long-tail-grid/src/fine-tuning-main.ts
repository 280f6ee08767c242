/**
 * What fine-tuning the last blocks adds to a frozen backbone, on the long-tailed subsets of the scenes: a head is trained on
 * the frozen features, then the blocks and the head are trained on, both with DB and class-aware sampling. Fails when
 * fine-tuning does not beat the frozen head on each subset, or when the saved model gives other logits elsewhere.
 */
import { join } from 'node:path'
import { labelStatistics, longTailedSubset, longTailMetrics, namedLoss } from '@dbloss/core'
import { applyHead, attachHead, extractFeatures, loadBackbone, readImageFolder, trainHead } from '@dbloss/transformers'
import Table from 'cli-table3'
import { blockTrainer, type FineTuningSettings, frozenRows, measureBlocks, trainBlocks } from './fine-tuning.ts'
import { compareSavedModel, type SavedModelDifferences } from './saved-model.ts'
import { subset, subsetSeeds, takeRows } from './subsets.ts'

const LOGIT_TOLERANCE = 1e-5
const headSettings = { epochs: 40, batchSize: 128, learningRate: 3e-3, weightDecay: 1e-2 }
/**
 * The scale and shift of the last block's norms, and the head: with 290 photographs, ten of each rare kind, the convolutions
 * themselves learn the photographs by heart.
 */
const blockSettings: Omit<FineTuningSettings, 'seed'> = {
  trainable: /conv_(dw|pw)_12_bn|dbloss-head/,
  epochs: 20,
  batchSize: 32,
  learningRate: 3e-4,
  headLearningRateScale: 0.3,
  weightDecay: 0,
  averageDecay: 0.98,
}

const realData = process.env.DBLOSS_REAL_DATA
if (realData === undefined || realData === '') console.log('real data not present: set DBLOSS_REAL_DATA to its folder')
else await compare(realData)

async function compare(folder: string): Promise<void> {
  const { classNames, splits } = await readImageFolder(join(folder, 'photos/scenes'))
  const classCount = classNames.length
  const backbone = await loadBackbone(join(folder, 'models/mobilenet_v1_1.0_224_pw12'))
  const { ort, featureCount } = backbone
  const features = async (items: typeof splits.train) => (await extractFeatures(backbone, items)).features
  const labelsOf = (items: typeof splits.train) => items.map(({ labels }) => labels)
  console.error('… computing the features of the photographs')
  const pool = { features: await features(splits.train), labels: labelsOf(splits.train) }
  const test = { features: await features(splits.test!), labels: labelsOf(splits.test!) }

  const table = new Table({
    head: ['subset', 'photographs', 'frozen: mAP / head / medium / tail', 'fine-tuned', 'gain'],
    style: { head: [], border: [], compact: true },
  })
  const gains: number[] = []
  let differences: SavedModelDifferences | undefined
  for (const seed of subsetSeeds) {
    const chosen = longTailedSubset({ ...subset, seed, labels: pool.labels, classCount })
    const training = takeRows(pool, chosen, featureCount)
    const statistics = labelStatistics(training.labels, { classCount })
    const loss = namedLoss('db', statistics)
    console.error(`… subset ${seed}: ${chosen.length} photographs, the head on frozen features`)
    const { head } = await trainHead({
      ...headSettings,
      ...training,
      ort,
      classCount,
      loss,
      sampler: 'class-aware',
      seed,
    })
    const scores = { data: applyHead(head, test.features), classCount }
    const frozen = longTailMetrics({ labels: test.labels, scores, statistics }).map

    const settings = { ...blockSettings, seed }
    const steps = settings.epochs * Math.ceil(chosen.length / settings.batchSize)
    const trainer = await blockTrainer(ort, attachHead(backbone.graph, head), loss, steps, settings)
    console.error(`… subset ${seed}: what the frozen blocks make of the photographs`)
    const rows = await frozenRows(
      trainer,
      backbone,
      chosen.map((row) => splits.train[row]!),
    )
    const testRows = await frozenRows(trainer, backbone, splits.test!)
    console.error(`… subset ${seed}: ${steps} steps on ${trainer.parameters.length} weights`)
    const started = Date.now()
    await trainBlocks(trainer, rows, training.labels, classCount, steps, settings)
    console.error(`  ${((Date.now() - started) / steps).toFixed(0)} ms a step`)
    const tuned = await measureBlocks(trainer, testRows, test.labels, statistics)
    gains.push(tuned.all - frozen.all)
    const cells = (map: typeof tuned) =>
      [map.all, map.head, map.medium, map.tail].map((value) => (100 * value).toFixed(1)).join(' / ')
    table.push([seed, chosen.length, cells(frozen), cells(tuned), (100 * (tuned.all - frozen.all)).toFixed(1)])
    differences ??= await compareSavedModel(trainer, backbone, classNames, splits.test!.slice(0, 8))
    await trainer.dispose()
  }
  await backbone.dispose()
  console.log(table.toString())
  const { transformers, onnxruntime } = differences!
  console.log(
    `The saved model's logits differ by ${onnxruntime.toExponential(1)} in onnxruntime and ${transformers.toExponential(1)} in transformers.js`,
  )
  const isBetter = gains.every((gain) => gain > 0)
  const isSame = Math.max(onnxruntime, transformers) <= LOGIT_TOLERANCE
  if (!isBetter) console.log('MISSED: fine-tuning does not beat the frozen head on every subset')
  if (!isSame) console.log(`MISSED: the saved model's logits differ by more than ${LOGIT_TOLERANCE}`)
  if (!isBetter || !isSame) process.exitCode = 1
}
