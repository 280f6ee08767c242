import { conformance } from '@dbloss/conformance'
import { binaryCrossEntropy } from '@dbloss/core'
import { lossModel } from '@dbloss/onnx-training'
import { afterAll, describe, test } from 'vitest'
import { describeTarget } from '../../../test-support/describe-target.ts'
import { useSoftwareVulkan } from '../../../test-support/node-webgpu.ts'
import { transformersAdapter, transformersRuntime } from '../src/index.ts'

useSoftwareVulkan()
// Errors only: every session warns that shapes are computed on the CPU.
const sessionOptions = { executionProviders: ['webgpu'], logSeverityLevel: 3 as const }
const { InferenceSession } = await transformersRuntime()
/** Held to the end: with its last session ONNX Runtime drops the device and every shader that it has compiled. */
const first = await InferenceSession.create(lossModel(binaryCrossEntropy()), sessionOptions).catch((error: unknown) =>
  String(error),
)

describeTarget(
  'the runtime of transformers.js, WebGPU',
  'webgpu',
  typeof first === 'string' ? first : undefined,
  () => {
    afterAll(async () => {
      if (typeof first !== 'string') await first.release?.()
    })
    conformance({ describe, test, adapter: () => transformersAdapter({ sessionOptions }) })
  },
)
