import * as ort from 'onnxruntime-node'
import { test } from 'vitest'
import { soak } from './support/soak.ts'

const steps = Number(process.env.DBLOSS_SOAK_STEPS ?? 2000)

test(`${steps} steps leave memory as it was`, { timeout: 60_000 + 100 * steps }, () =>
  soak(ort, steps, { intraOpNumThreads: 1 }),
)
