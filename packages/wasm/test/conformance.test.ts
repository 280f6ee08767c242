import { conformance } from '@dbloss/conformance'
import { describe, test } from 'vitest'
import { wasmAdapter } from '../src/index.ts'

conformance({ describe, test, adapter: wasmAdapter })
