import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from '../../../../test-support/temporary-folder.ts'
import { writePredictions } from '../../src/predictions/write-predictions.ts'
import { classCount, classifier, featureCount, numbers, writeModel } from './models.ts'

const names = Array.from({ length: classCount }, (_, index) => `label ${index}`)
const header = {
  ...{ classNames: names, classCounts: names.map(() => 3), sampleCount: 9, imageCount: 1 },
  runs: [{ name: 'bce', loss: 'bce', lossParameters: {}, sampler: 'uniform', lossCurve: [1] }],
}
const picture = { file: 'beach.jpg', split: 'test', labels: [0], logits: { bce: names.map(() => 0.5) } } as const

/** The config of a saved multi-label classifier, on a backbone of the hub. */
export const savedConfig = {
  problem_type: 'multi_label_classification',
  id2label: Object.fromEntries(names.map((name, index) => [index, name])),
  'transformers.js_config': { dtype: 'fp32' },
  dbloss: { original: { model: 'someone/backbone' }, thresholds: names.map((_, index) => index / 4 - 0.5) },
}

/** A folder as `fineTune` saves it, with what has the names of an 8-bit copy and of weights in a file of their own. */
export async function savedModel(config: object = savedConfig): Promise<string> {
  const bytes = classifier((graph, features) => {
    const weights = graph.constant(numbers(featureCount * classCount, 2), [featureCount, classCount])
    return graph.node('MatMul', [features, weights])
  })
  const folder = writeModel(join(temporaryFolder(), 'model'), bytes, {
    architectures: ['ViTForImageClassification'],
    ...config,
  })
  writeFileSync(join(folder, 'onnx/model_quantized.onnx'), 'smaller')
  writeFileSync(join(folder, 'onnx/model.onnx_data'), 'x'.repeat(2500))
  writeFileSync(join(folder, 'README.md'), '# Multi-label image classifier\n')
  await writePredictions(join(folder, 'predictions.jsonl'), { header, pictures: [picture] })
  return folder
}
