import { conformance } from '@dbloss/conformance'
import { describe, test } from 'vitest'
import { javascriptAdapter, wasmAdapter } from '../src/index.ts'

const randomFormulas = Number(process.env.DBLOSS_RANDOM_FORMULAS ?? 50)

for (const adapter of [wasmAdapter, javascriptAdapter]) conformance({ describe, test, adapter, randomFormulas })
