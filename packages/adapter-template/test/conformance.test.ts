import { conformance } from '@dbloss/conformance'
import { describe, test } from 'vitest'
import { templateAdapter } from '../src/index.ts'

// Typed arrays are collected, so that nothing can be counted: a framework that manages memory itself gives `liveObjects` too.
conformance({ describe, test, adapter: () => templateAdapter() })
