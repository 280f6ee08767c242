import { conformance } from '@dbloss/conformance'
import { describe, test } from 'vitest'
import { javascriptAdapter, wasmAdapter } from '../src/index.ts'

conformance({ describe, test, adapter: wasmAdapter })
conformance({ describe, test, adapter: javascriptAdapter })
