import { conformance } from '@dbloss/conformance'
import { describe, test } from 'vitest'
import { transformersAdapter } from '../src/index.ts'

describe.each(['float32', 'float64'] as const)('the runtime that transformers.js loaded, %s', (precision) => {
  conformance({ describe, test, adapter: () => transformersAdapter({ precision }) })
})
