import { conformance } from '@dbloss/conformance'
import { binaryCrossEntropy } from '@dbloss/core'
import * as onnxruntime from 'onnxruntime-node'
import { afterAll, describe, test } from 'vitest'
import { describeTarget } from '../../../test-support/describe-target.ts'
import { useSoftwareVulkan } from '../../../test-support/node-webgpu.ts'
import { lossModel, onnxAdapter } from '../src/index.ts'
import { countingSessions } from './support/counting-sessions.ts'

useSoftwareVulkan()
// Errors only: every session warns that shapes are computed on the CPU.
const sessionOptions = { executionProviders: ['webgpu'], logSeverityLevel: 3 as const }

const model = lossModel(binaryCrossEntropy())
/** Held to the end: with its last session ONNX Runtime drops the device and every shader that it has compiled. */
const first = await onnxruntime.InferenceSession.create(model, sessionOptions).catch((error: unknown) => String(error))

describeTarget('onnxruntime-node, WebGPU', 'webgpu', typeof first === 'string' ? first : undefined, () => {
  afterAll(async () => {
    if (typeof first !== 'string') await first.release()
  })
  const { ort, liveSessions } = countingSessions(onnxruntime)
  conformance({
    describe,
    test,
    adapter: () => onnxAdapter({ ort, name: 'onnxruntime-node-webgpu', sessionOptions }),
    liveObjects: liveSessions,
  })
})
