import { copyFileSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { encodeModel, GraphBuilder, graphOf, type ModelProto } from '@dbloss/onnx-training'
import { loadBackbone } from '@dbloss/transformers'
import { exportWithTorch } from '../finetune/export-with-torch.ts'

/** Writes a classifier without its head, so that the pipeline of transformers.js gives features too, as `pooler_output`. */
export async function writeBaseExport(classifier: string, folder: string): Promise<string> {
  const { graph, featureCount, dispose } = await loadBackbone(classifier)
  await dispose()
  mkdirSync(join(folder, 'onnx'), { recursive: true })
  for (const name of ['config.json', 'preprocessor_config.json'])
    copyFileSync(join(classifier, name), join(folder, name))
  writeFileSync(join(folder, 'onnx/model.onnx'), encodeModel(withPooler(graph.model, graph.output, featureCount)))
  return folder
}

function withPooler(model: ModelProto, features: string, featureCount: number): ModelProto {
  const builder = new GraphBuilder('benchmark')
  builder.output('pooler_output', features, 'float', ['batch', featureCount])
  const [graph, added] = [graphOf(model), graphOf(builder.toModel())]
  return { ...model, graph: { ...graph, node: [...graph.node, ...added.node], output: added.output } }
}

/**
 * Writes a ViT-S/16 classifier of random weights in the layout of transformers.js; PyTorch exports it.
 *
 * @returns its folder, or undefined without a python3 that has torch and onnx.
 */
export function writeVit(folder: string): string | undefined {
  mkdirSync(join(folder, 'onnx'), { recursive: true })
  const config = { model_type: 'vit', architectures: ['ViTForImageClassification'] }
  // All else is the processor's default.
  const preprocessor = {
    image_processor_type: 'ViTImageProcessor',
    size: { height: 224, width: 224 },
    do_normalize: true,
    image_mean: [0.5, 0.5, 0.5],
    image_std: [0.5, 0.5, 0.5],
  }
  writeFileSync(join(folder, 'config.json'), JSON.stringify(config))
  writeFileSync(join(folder, 'preprocessor_config.json'), JSON.stringify(preprocessor))
  return exportWithTorch(join(folder, 'onnx/model.onnx'), 80) && folder
}
