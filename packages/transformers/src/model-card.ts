import type { FineTuneResult } from './fine-tuning/result.ts'
import type { SavedSettings } from './save.ts'

/** The README of a saved model: what it is, how it is used, what it is worth. */
export function modelCard(
  model: string,
  { runs, classNames, statistics, features, evaluatedOn, evaluationCount }: Omit<FineTuneResult, 'output'>,
  { epochs, batchSize, learningRate, weightDecay, seed }: SavedSettings,
): string {
  const [{ loss, sampler, metrics }] = runs as [FineTuneResult['runs'][number]]
  const { map, averagePrecision, f1 } = metrics
  const byCount = [...classNames.keys()].sort((a, b) => statistics.classCounts[b]! - statistics.classCounts[a]!)
  const rows = byCount.map(
    (index) =>
      `| ${cell(classNames[index]!)} | ${statistics.classCounts[index]} | ${percent(averagePrecision[index]!)} |`,
  )
  return `---
library_name: transformers.js
pipeline_tag: image-classification
tags:
  - multi-label
  - long-tail
---

# Multi-label image classifier

${classNames.length} labels; a linear head on ${cell(model)} (features: ${features.description}, ${features.count} numbers).
An image can carry several labels, so scores are σ(logits), one a label. The image-classification pipeline of
transformers.js applies softmax instead; use:

\`\`\`js
import { multiLabelPipeline } from '@dbloss/transformers'

const classify = await multiLabelPipeline('./this-folder')
console.log(await classify('photo.jpg', { threshold: 0.5 }))
\`\`\`

## Training

${statistics.sampleCount} images, loss \`${loss}\`, sampler \`${sampler}\`, ${epochs} epochs, batch size ${batchSize},
learning rate ${learningRate}, weight decay ${weightDecay}, seed ${seed}. All parameters are in \`config.json\`.

## Evaluation

On ${evaluationCount} images (${evaluatedOn}), in percent; head: 100 training images or more, tail: fewer than 20.

| mAP | head | medium | tail | micro F1 | macro F1 |
|---|---|---|---|---|---|
| ${[map.all, map.head, map.medium, map.tail, f1.micro, f1.macro].map(percent).join(' | ')} |

| label | training images | average precision |
|---|---|---|
${rows.join('\n')}
`
}

function percent(value: number): string {
  return Number.isNaN(value) ? '–' : (100 * value).toFixed(1)
}

/** Text that does not end a table cell or begin markup. */
function cell(text: string): string {
  return text.replaceAll(/[\\|`*_<>[\]]/g, '\\$&').replaceAll('\n', ' ')
}
