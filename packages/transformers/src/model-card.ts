import type { LongTailMetrics } from '@dbloss/core'
import type { FineTuneResult, FineTuneRun } from './fine-tuning/result.ts'
import type { SavedSettings } from './save.ts'

type Result = Omit<FineTuneResult, 'output'>

/** The README of a saved model: what it is, how it is used, what it is worth. */
export function modelCard(model: string, result: Result, settings: SavedSettings): string {
  const { classNames, statistics, features } = result
  const [run] = result.runs as [FineTuneRun]
  const { epochs, batchSize, weightDecay, seed, trainableBlocks = 0 } = settings
  const trained = trainableBlocks === 0 ? 'a linear head' : `a linear head and the last ${trainableBlocks} blocks`
  return `---
library_name: transformers.js
pipeline_tag: image-classification
tags:
  - multi-label
  - long-tail
---

# Multi-label image classifier

${classNames.length} labels; ${trained} on ${markdownText(model)} (features: ${features.description}, ${features.count} numbers).
An image can carry several labels, so scores are σ(logits), one a label. The image-classification pipeline of
transformers.js applies softmax instead; use:

\`\`\`js
import { multiLabelPipeline } from '@dbloss/transformers'

const classify = await multiLabelPipeline('./this-folder') // or its name on the hub
console.log(await classify('photo.jpg'))
\`\`\`

${decisions(run)}

## Training

${statistics.sampleCount} images, loss \`${run.loss}\`, sampler \`${run.sampler}\`, ${epochs} epochs, batch size ${batchSize},
learning rate ${run.learningRate}, weight decay ${weightDecay}, seed ${seed}.${blocks(settings)} All parameters are in \`config.json\`.

## Evaluation

In percent; head: 100 training images or more, tail: fewer than 20.${caution(result)}

| images | decisions | mAP | head | medium | tail | micro F1 | macro F1 |
|---|---|---|---|---|---|---|---|
${splitRows(result, run).join('\n')}

| label | training images | average precision | threshold |
|---|---|---|---|
${labelRows(result, run).join('\n')}

The logits of every image that was measured are in \`predictions.jsonl\`, where that is kept with the model.
`
}

function decisions({ tuned }: FineTuneRun): string {
  if (tuned === undefined) return 'Labels are given from a score of 0.5.'
  const temperature =
    tuned.temperature === undefined
      ? ''
      : ` Scores are calibrated by the temperature ${tuned.temperature.toPrecision(3)} with \`{ calibrated: true }\`.`
  return `Labels are given above thresholds of their own, tuned on validation images; \`{ threshold: 0.5 }\` overrides them.${temperature}`
}

function blocks({ trainableBlocks = 0, blockEpochs, blockBatchSize, blockLearningRate, averageDecay }: SavedSettings) {
  if (trainableBlocks === 0) return ''
  const average = averageDecay === undefined ? '' : `, weights averaged with decay ${averageDecay}`
  return ` Then the last ${trainableBlocks} blocks: ${blockEpochs} epochs, batch size ${blockBatchSize}, learning rate ${blockLearningRate}${average}.`
}

function caution({ evaluatedOn, validatedOn }: Result): string {
  return evaluatedOn === 'validation' && validatedOn === 'validation'
    ? ' Thresholds were tuned on the images that are measured here, so what they give is optimistic.'
    : ''
}

function splitRows(result: Result, { metrics, tuned, validation }: FineTuneRun): string[] {
  const { evaluatedOn, evaluationCount, validationCount } = result
  const measured = `${evaluationCount} (${evaluatedOn})`
  return [
    metricsRow(measured, 'score 0.5', metrics),
    ...(tuned === undefined ? [] : [metricsRow(measured, 'thresholds', tuned.metrics)]),
    ...(validation === undefined || evaluatedOn === 'validation'
      ? []
      : [metricsRow(`${validationCount} (validation)`, 'score 0.5', validation)]),
  ]
}

function metricsRow(images: string, decided: string, { map, f1 }: LongTailMetrics): string {
  const numbers = [map.all, map.head, map.medium, map.tail, f1.micro, f1.macro].map(percent)
  return `| ${[images, decided, ...numbers].join(' | ')} |`
}

function labelRows({ classNames, statistics }: Result, { metrics, tuned }: FineTuneRun): string[] {
  const byCount = [...classNames.keys()].sort((a, b) => statistics.classCounts[b]! - statistics.classCounts[a]!)
  return byCount.map((index) => {
    const threshold = scoreOf(tuned?.thresholds[index] ?? 0).toFixed(2)
    const precision = percent(metrics.averagePrecision[index]!)
    return `| ${markdownText(classNames[index]!)} | ${statistics.classCounts[index]} | ${precision} | ${threshold} |`
  })
}

/** σ */
function scoreOf(logit: number): number {
  return 1 / (1 + Math.exp(-logit))
}

function percent(value: number): string {
  return Number.isNaN(value) ? '–' : (100 * value).toFixed(1)
}

/** Text that does not end a table cell or begin markup. */
export function markdownText(text: string): string {
  return text.replaceAll(/[\\|`*_<>[\]]/g, '\\$&').replaceAll('\n', ' ')
}
