import { conformance } from '@dbloss/conformance'
import { binaryCrossEntropy } from '@dbloss/core'
import * as onnxruntime from 'onnxruntime-node'
import { describe, test } from 'vitest'
import { describeTarget } from '../../../test-support/describe-target.ts'
import { useSoftwareVulkan } from '../../../test-support/node-webgpu.ts'
import { lossModel, onnxAdapter } from '../src/index.ts'
import { countingSessions } from './counting-sessions.ts'

useSoftwareVulkan()
const sessionOptions = { executionProviders: ['webgpu'] }

async function missingWebGpu(): Promise<string | undefined> {
  try {
    const session = await onnxruntime.InferenceSession.create(lossModel(binaryCrossEntropy()), sessionOptions)
    await session.release()
    return undefined
  } catch (error) {
    return String(error)
  }
}

describeTarget('onnxruntime-node, WebGPU', 'webgpu', await missingWebGpu(), () => {
  const { ort, liveSessions } = countingSessions(onnxruntime)
  conformance({
    describe,
    test,
    adapter: () => onnxAdapter({ ort, name: 'onnxruntime-node-webgpu', sessionOptions }),
    liveObjects: liveSessions,
    // A GPU in software takes a quarter of a second for each.
    randomFormulas: 10,
  })
})
