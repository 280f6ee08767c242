import { encodeModel } from '@dbloss/onnx-training'
import { attachHead, classifierConfig } from '@dbloss/transformers/browser'
import { zipSync } from 'fflate'
import type { Classifier } from './classifier.ts'
import { modelCard } from './model-card.ts'

/** The model as a folder that transformers.js loads, in a zip without compression: weights do not get smaller. */
export function modelZip(classifier: Classifier): Blob {
  const { backbone, head, set, choice } = classifier
  const config = classifierConfig({
    config: backbone.config,
    model: backbone.name,
    classNames: set.classNames,
    record: {
      features: backbone.graph.description,
      ...choice,
      training: { samples: set.statistics.sampleCount, classCounts: set.statistics.classCounts },
    },
  })
  const text = (content: string) => new TextEncoder().encode(content)
  const files = {
    'README.md': text(modelCard(classifier)),
    'config.json': text(`${JSON.stringify(config, undefined, 2)}\n`),
    'preprocessor_config.json': backbone.preprocessor,
    'onnx/model.onnx': encodeModel(attachHead(backbone.graph, head)),
  }
  return new Blob([zipSync(files, { level: 0 })], { type: 'application/zip' })
}
