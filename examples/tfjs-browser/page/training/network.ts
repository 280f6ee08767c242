import { initializeHeadBias, type LabelStatistics } from '@dbloss/tfjs'
import * as layers from '@tensorflow/tfjs-layers'
import { patchShape } from './patches.ts'

/**
 * A small convolutional network that ends in logits: there is no sigmoid, because the losses contain it. The same seed
 * gives the same weights.
 */
export function createNetwork(statistics: LabelStatistics, seed: number): layers.Sequential {
  const perPatch = (units: number, order: number) => ({
    units,
    activation: 'relu' as const,
    kernelInitializer: layers.initializers.heNormal({ seed: seed + order }),
  })
  const head = layers.layers.dense({
    units: statistics.classCount,
    name: 'logits',
    kernelInitializer: layers.initializers.glorotNormal({ seed: seed + 3 }),
  })
  const network = layers.sequential({
    layers: [
      layers.layers.dense({ ...perPatch(48, 1), inputShape: patchShape }),
      layers.layers.dense(perPatch(48, 2)),
      // The largest answer of any patch: where a thing stands does not matter.
      layers.layers.globalMaxPooling1d({}),
      head,
    ],
  })
  initializeHeadBias(head, statistics)
  return network
}
