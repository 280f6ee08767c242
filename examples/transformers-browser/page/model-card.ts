import type { Classifier } from './classifier.ts'

/** The README of the model: what it is, what it was trained on, how it is used. */
export function modelCard({ backbone, set, choice }: Classifier): string {
  const { classNames, statistics } = set
  const rows = classNames.map((name, index) => `| ${plain(name)} | ${statistics.classCounts[index]} |`)
  return `---
library_name: transformers.js
pipeline_tag: image-classification
tags:
  - multi-label
---

# Classifier of ${classNames.length} labels

A linear head on ${plain(backbone.name)} (features: ${backbone.graph.description}), trained in a browser on ${statistics.sampleCount} pictures: loss
\`${choice.loss}\`, sampler \`${choice.sampler}\`, ${choice.epochs} passes. It was not measured on other pictures.

| label | pictures |
|---|---|
${rows.join('\n')}

An image can have several labels, so scores are σ(logits), one a label. The image-classification pipeline of
transformers.js applies softmax instead; use:

\`\`\`js
import { multiLabelPipeline } from '@dbloss/transformers'

const classify = await multiLabelPipeline('./this-folder')
console.log(await classify('photo.jpg', { threshold: 0.5 }))
\`\`\`
`
}

/** Text that begins no markup and ends no table cell. */
function plain(text: string): string {
  return text.replaceAll(/[\\|`*_<>[\]]/g, '\\$&')
}
