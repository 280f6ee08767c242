import { describe, expect, test } from 'vitest'
import { conformance, conformanceTable, referenceAdapter, runConformance } from '../src/index.ts'

conformance({ describe, test, adapter: () => referenceAdapter(), liveObjects: () => 0 })

describe('the reference passes, also rounded to lower precisions', () => {
  test('float32', async () => {
    const results = await runConformance({ adapter: () => referenceAdapter('float32'), liveObjects: () => 0 })
    expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([])
  })
  test('float16, where what overflows is not supported, and not passed', async () => {
    const results = await runConformance({ adapter: () => referenceAdapter('float16'), liveObjects: () => 0 })
    expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([])
    const beyond = results.filter(({ outcome }) => outcome !== 'passed')
    // Weights up to 333 and λ z up to 50,000: float16 ends at 65504. So is −1e30, which stands for −∞ where the rows of
    // unknown labels leave nothing else.
    expect(beyond.filter(({ group }) => group !== 'extremes' && group !== 'labels')).toEqual([])
    expect(beyond.filter(({ message }) => !message!.startsWith('beyond float16: '))).toEqual([])
    expect(beyond.length).toBeGreaterThan(5)
  })
})

describe('what is not supported', () => {
  const limited = () => ({ ...referenceAdapter(), supports: { elements: false, optimizer: false } })
  test('is reported with the reason, and shown in the table', async () => {
    const results = await runConformance({ adapter: limited, losses: (name) => name === 'DB-Focal' })
    const notSupported = results.filter(({ outcome }) => outcome === 'not supported')
    expect(new Set(notSupported.map(({ group }) => group))).toEqual(new Set(['optimizer', 'leaks']))
    expect(results.filter(({ outcome }) => outcome === 'failed')).toEqual([])
    const table = conformanceTable(results)
    expect(table).toContain('| optimizer | – |')
    expect(table).toContain('| DB-Focal | ✓ |')
    expect(table).toContain('AdamW: not supported – the adapter has no optimizer of its own')
  })
  test('an optimizer that is declared must be there', async () => {
    const { trainHead: _, ...without } = referenceAdapter()
    const results = await runConformance({ adapter: () => without, losses: () => false })
    expect(new Set(results.filter(({ outcome }) => outcome === 'failed').map(({ group }) => group))).toEqual(
      new Set(['optimizer']),
    )
  })
})

describe('any runner', () => {
  test('skips with the reason where its context can, and reports every outcome', async () => {
    const skipped: string[] = []
    const outcomes: string[] = []
    const names: string[] = []
    const runs: Promise<void>[] = []
    conformance({
      describe: (_, define) => define(),
      test: (name, run) => {
        names.push(name)
        runs.push(run({ skip: (reason: string) => skipped.push(reason) }))
      },
      adapter: () => ({ ...referenceAdapter(), supports: { elements: true, optimizer: false } }),
      losses: (name) => name === 'BCE',
      onResult: ({ outcome }) => outcomes.push(outcome),
    })
    await Promise.all(runs)
    expect(outcomes).toHaveLength(names.length - 1)
    expect(skipped).toHaveLength(7)
    expect(skipped[0]).toContain('not supported: the adapter has no optimizer')
  })
})
