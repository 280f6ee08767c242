import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { fineTune } from '../../src/fine-tuning/fine-tune.ts'
import type { FineTuneOptions } from '../../src/fine-tuning/options.ts'
import type { FineTuneResult } from '../../src/fine-tuning/result.ts'
import { type FolderOptions, setUp } from '../fine-tuning/support/set-up.ts'
import { model, numbers } from '../support/models.ts'

/** A convolution, a depthwise one and a product, large enough that copies are smaller. */
export function wideModel(scale = 1): Uint8Array {
  return model((graph, pixels) => {
    const weights = (dims: readonly number[], seed: number) => {
      const count = dims.reduce((product, size) => product * size, 1)
      return graph.constant(
        numbers(count, seed).map((value) => value * scale),
        dims,
      )
    }
    const patches = graph.node('Conv', [pixels, weights([48, 3, 4, 4], 1)], { strides: [4, 4] })
    const depthwise = graph.node('Conv', [patches, weights([48, 1, 3, 3], 2)], { pads: [1, 1, 1, 1], group: 48 })
    const pooled = graph.node('GlobalAveragePool', [graph.node('Relu', [depthwise])])
    const flat = graph.node('Flatten', [pooled], { axis: 1 })
    const features = graph.node('MatMul', [flat, weights([48, 64], 3)])
    graph.output('pooler_output', features, 'float', ['batch', 64])
  })
}

/** Fine-tunes it, with copies if they are asked for. */
export async function trained(
  more: Partial<FineTuneOptions> = {},
): Promise<{ options: FolderOptions; result: FineTuneResult }> {
  const options = await setUp({ bytes: wideModel() })
  return { options, result: await fineTune({ ...options, ...more }) }
}

/** The `config.json` of a folder. */
export function configOf(folder: string) {
  return JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'))
}

/** Changes the `config.json` of a folder. */
export function changeConfig(folder: string, change: Record<string, unknown>): void {
  writeFileSync(join(folder, 'config.json'), JSON.stringify({ ...configOf(folder), ...change }))
}
