import { describe, expect, test } from 'vitest'
import { type CheckGroup, type ConformanceResult, runConformance } from '../src/index.ts'
import { lossCases } from '../src/losses.ts'
import { brokenAdapters } from './broken-adapters.ts'

const everyLoss = lossCases.map(({ name }) => name)
const withFocal = everyLoss.filter((name) => /Focal|CB-NTR/.test(name))
const withLambda = [
  'NT-BCE',
  'NTR-Focal',
  'DB',
  'DB-Focal',
  'DB-Focal, released, λ 5',
  'DB-Focal by instance',
  'DB-Focal by batch',
  'CB-NTR',
]

/** All the groups that look at gradients of losses. */
const gradientGroups: readonly CheckGroup[] = ['losses', 'shapes', 'labels', 'extremes', 'arrays', 'state', 'training']

interface Expected {
  /** Exactly the groups in which a check fails. */
  readonly groups: readonly CheckGroup[]
  /** Exactly the losses that fail in the group `losses`. */
  readonly losses?: readonly string[]
  /** Exactly the checks that fail in a group. */
  readonly checks?: Readonly<Partial<Record<CheckGroup, readonly string[] | ((name: string) => boolean)>>>
}

const expected: Readonly<Record<keyof typeof brokenAdapters, Expected>> = {
  'the gradient has the wrong sign': {
    groups: ['primitives', 'random formulas', ...gradientGroups],
    losses: everyLoss,
  },
  'the classes of the gradient are swapped': {
    groups: ['primitives', 'random formulas', ...gradientGroups],
    losses: everyLoss,
    checks: { shapes: (name) => !/×1$/.test(name) },
  },
  'rows and columns of the gradient are mixed up': {
    groups: ['primitives', 'random formulas', ...gradientGroups],
    losses: everyLoss,
    // With one row or one column there is nothing to mix up.
    checks: { shapes: (name) => !/×1$|^1×/.test(name) },
  },
  'the factor 1/λ is missing': {
    groups: gradientGroups,
    losses: withLambda,
    checks: { training: ['20 steps with the gradients of DB-Focal'] },
  },
  'the focal factor is detached': { groups: gradientGroups, losses: withFocal },
  'the input is written to': { groups: ['arrays'], checks: { arrays: ["the caller's arrays are untouched"] } },
  'unknown labels count in the mean': { groups: ['labels'], checks: { labels: (name) => /unknown/.test(name) } },
  'the mean is over rows instead of elements': {
    groups: ['primitives', 'random formulas', ...gradientGroups],
    losses: everyLoss,
    checks: { losses: (name) => name.endsWith(', mean'), primitives: (name) => name.startsWith('further input') },
  },
  'constants are stale after a second compile': {
    groups: ['state'],
    checks: { state: ['the same loss for two sets of statistics'] },
  },
  'the result array is reused': {
    groups: ['arrays', 'state'],
    checks: {
      arrays: ['results are not overwritten by the next evaluation'],
      state: ['evaluations that are started together'],
    },
  },
  'NaN passes a mask': {
    groups: ['labels'],
    checks: { labels: (name) => /^unknown labels with NaN|^a batch without known/.test(name) },
  },
  'the sigmoid is off': {
    groups: ['primitives', 'random formulas', ...gradientGroups],
    losses: everyLoss,
    // The sigmoid is the derivative of softplus.
    checks: { primitives: ['sigmoid', 'softplus'] },
  },
  'minimum is maximum': { groups: ['primitives', 'random formulas'], checks: { primitives: ['minimum'] } },
  'expm1 cancels': { groups: ['primitives'], checks: { primitives: ['expm1 near 0'] } },
  'a sum over the classes is off': { groups: ['primitives', 'random formulas', ...gradientGroups], losses: everyLoss },
  'bad input is accepted': { groups: ['errors'] },
  'it computes in float16 but declares float32': {
    groups: ['primitives', 'losses', 'random formulas', 'shapes', 'labels', 'extremes', 'arrays', 'state'],
    losses: everyLoss,
  },
  'weight decay is forgotten': {
    groups: ['optimizer'],
    checks: { optimizer: ['AdamW with weight decay', 'SGD with weight decay, clipped'] },
  },
  'clipping is forgotten': {
    groups: ['optimizer'],
    checks: { optimizer: ['AdamW, clipped', 'SGD with weight decay, clipped'] },
  },
  'momentum is forgotten': { groups: ['optimizer'], checks: { optimizer: ['SGD with momentum'] } },
}

describe('every broken adapter fails in the right place, and nowhere else', () => {
  test.each(Object.keys(brokenAdapters) as (keyof typeof brokenAdapters)[])('%s', async (name) => {
    const results = await runConformance({ adapter: brokenAdapters[name], liveObjects: () => 0 })
    const failed = results.filter(({ outcome }) => outcome === 'failed')
    const { groups, losses, checks = {} } = expected[name]

    expect(unique(failed.map(({ group }) => group))).toEqual(unique(groups))
    if (losses !== undefined) {
      expect(unique(inGroup(failed, 'losses').map(({ loss }) => loss!))).toEqual(unique(losses))
    }
    for (const [group, which] of Object.entries(checks) as [
      CheckGroup,
      readonly string[] | ((name: string) => boolean),
    ][]) {
      const names = inGroup(results, group).map(({ check }) => check)
      const wanted = typeof which === 'function' ? names.filter(which) : which
      expect(unique(inGroup(failed, group).map(({ check }) => check))).toEqual(unique(wanted))
    }
  })

  test('one that leaks fails the check for leaks', async () => {
    let live = 0
    const results = await runConformance({
      adapter: () => {
        const reference = brokenAdapters['weight decay is forgotten']()
        return {
          ...reference,
          compile: (loss) => {
            live++
            return reference.compile(loss)
          },
        }
      },
      liveObjects: () => live,
    })
    const [failed] = inGroup(results, 'leaks')
    expect(failed).toMatchObject({
      outcome: 'failed',
      message: expect.stringContaining('20 objects more after 20 cycles'),
    })
  })

  test('one that cannot compile fails every check that compiles, and the suite goes on', async () => {
    const results = await runConformance({
      adapter: () => ({
        ...brokenAdapters['momentum is forgotten'](),
        compile: async () => {
          throw new Error('no device')
        },
      }),
    })
    expect(
      inGroup(results, 'losses').every(({ outcome, message }) => outcome === 'failed' && message === 'no device'),
    ).toBe(true)
  })
})

describe('exceptions', () => {
  test('are shown with their reason, and only where they apply', async () => {
    const results = await runConformance({
      adapter: brokenAdapters['minimum is maximum'],
      exceptions: [
        { check: /^minimum$/, reason: 'the target has no minimum' },
        { check: 'maximum', reason: 'never used' },
      ],
      randomFormulas: 0,
      liveObjects: () => 0,
    })
    const notPassed = results.filter(({ outcome }) => outcome !== 'passed')
    expect(notPassed).toMatchObject([
      {
        check: 'minimum',
        outcome: 'excepted',
        message: expect.stringMatching(/^the target has no minimum \(.*expected/),
      },
    ])
  })
})

describe('a failure', () => {
  test('tells the place, the inputs, what was expected and what came', async () => {
    const results = await runConformance({ adapter: brokenAdapters['the gradient has the wrong sign'] })
    const { message } = results.find(({ check, group }) => group === 'losses' && check === 'BCE, sum')!
    expect(message).toMatch(
      /^gradient\[\d+\] is [-\d.e]+; expected [-\d.e]+, an error of [\d.e+]+ tolerances of [\d.e-]+ \(row \d, class \d, logit [-\d.]+, label [01]\)$/,
    )
  })
})

function inGroup(results: readonly ConformanceResult[], group: CheckGroup): ConformanceResult[] {
  return results.filter((result) => result.group === group)
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)].sort()
}
