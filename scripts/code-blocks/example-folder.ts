import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { GraphBuilder } from '../../packages/onnx-training/src/index.ts'
import { numbers, tokenModel, writeModel } from '../../packages/transformers/test/support/models.ts'
import { type Colour, drawJpeg, writePictures } from '../../packages/transformers/test/support/pictures.ts'

const labelSets: readonly (readonly Colour[])[] = [['red'], ['green'], ['red', 'blue'], ['green', 'red'], ['blue']]

/**
 * Writes what the pages take as there: `photos`, `beach.jpg`, a small backbone as `backbone` and under the name of one on the
 * hub, and a model of 80 classes as `backbone.onnx`.
 */
export async function writeExampleFolder(folder: string): Promise<void> {
  await writePhotos(join(folder, 'photos/train'), 60)
  await writePhotos(join(folder, 'photos/validation'), 20)
  await writePhotos(join(folder, 'photos/test'), 10)
  writeFileSync(join(folder, 'beach.jpg'), await drawJpeg(['red', 'blue'], 1))
  for (const name of ['backbone', 'onnx-community/dinov2-small']) {
    writeModel(join(folder, name), tokenModel(), { model_type: 'dinov2' })
  }
  writeFileSync(join(folder, 'backbone.onnx'), blocksModel())
}

/** Pictures of which every seventh has the labels of the one before, so that no model is without errors. */
async function writePhotos(folder: string, count: number): Promise<void> {
  const labels = Array.from({ length: count }, (_, index) => labelSets[index % labelSets.length]!)
  const named = labels.map((each, index): [string, readonly Colour[]] => [`${index}.jpg`, each])
  await writePictures(folder, Object.fromEntries(named))
  const lines = named.map(([name, each], index) => ({
    file_name: name,
    labels: index % 7 === 6 ? labels[index - 1] : each,
  }))
  writeFileSync(join(folder, 'metadata.jsonl'), lines.map((line) => `${JSON.stringify(line)}\n`).join(''))
}

/** Two blocks of one matrix and a classifier, named as those of a vision transformer; images of 4 × 4 pixels. */
function blocksModel(): Uint8Array {
  const graph = new GraphBuilder('blocks')
  const pixels = graph.input('pixel_values', 'float', ['batch', 3, 4, 4])
  let values = graph.node('Flatten', [pixels], { axis: 1 })
  for (const layer of [10, 11]) {
    const weight = graph.initializer(`encoder.layer.${layer}.weight`, numbers(48 * 48, layer), [48, 48])
    values = graph.node('Relu', [graph.node('MatMul', [values, weight])])
  }
  const classifier = graph.initializer('classifier.weight', numbers(48 * 80, 1), [48, 80])
  graph.output('logits', graph.node('MatMul', [values, classifier]), 'float', ['batch', 80])
  return graph.toBytes()
}
