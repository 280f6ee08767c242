import { describe, expect, test } from 'vitest'
import { magnitudeKind, magnitudes } from '../src/checks/extremes.ts'
import { labelKinds } from '../src/checks/labels.ts'
import { type CheckGroup, type ConformanceResult, runConformance } from '../src/index.ts'
import { brokenAdapters } from './broken-adapters.ts'

/** A few losses with every part of the family are enough: what is broken is not a loss. */
const everyLoss = [
  'BCE',
  'BCE, hard labels',
  'Focal, α-balanced',
  'R-BCE',
  'NT-BCE',
  'DB',
  'DB-Focal',
  'DB-Focal by batch',
  'CB-Focal, average-n',
  'CB-NTR',
]
const withFocal = everyLoss.filter((name) => /Focal|CB-NTR/.test(name))
const withLambda = ['NT-BCE', 'DB', 'DB-Focal', 'DB-Focal by batch', 'CB-NTR']

/** Losses whose weights have a sigmoid too, r̂ = α + σ(β(r − μ)), however large the logits are. */
const withRebalancing = everyLoss.filter((name) => /^R-BCE|^DB/.test(name))

/** All the groups that look at gradients of losses. */
const gradientGroups: readonly CheckGroup[] = ['losses', 'shapes', 'labels', 'extremes', 'arrays', 'state', 'training']

/** Groups whose checks take batches of several kinds: what fails there is named `kind: loss`. */
const kindsOf: Readonly<Partial<Record<CheckGroup, readonly string[]>>> = {
  labels: Object.keys(labelKinds),
  extremes: magnitudes.map(magnitudeKind),
}

type Names = readonly string[] | ((name: string) => boolean)

interface Expected {
  /** Exactly the groups in which a check fails. */
  readonly groups: readonly CheckGroup[]
  /** Exactly the losses that fail in the group `losses`. */
  readonly losses?: readonly string[]
  /** Exactly the checks that fail in a group. */
  readonly checks?: Readonly<Partial<Record<CheckGroup, Names>>>
  /** Exactly the primitives whose elements are wrong; the sum of the elements, the value, may be wrong in all. */
  readonly elements?: readonly string[]
  /** What the messages of all failures begin with, behind the name of a random formula: the array that is wrong first. */
  readonly wrong: RegExp
}

const every = (): boolean => true
/** With one column there is nothing to mix up. */
const hasColumns = (name: string): boolean => !/×1$/.test(name)
const hasKnownLabels = (name: string): boolean => !name.startsWith('a batch without known labels')
const of =
  (losses: readonly string[]) =>
  (name: string): boolean =>
    losses.includes(name.replace(/^.*?: /, ''))

/** Whatever compares results fails: one check of the arrays, and all of the state. */
const comparing = { arrays: ['Float64Array is accepted like Float32Array'], state: every } as const
/** Whatever compares results fails, wherever anything is known. */
const allOver = {
  ...comparing,
  labels: hasKnownLabels,
  extremes: every,
  training: every,
  'random formulas': every,
} as const

const wrongGradient = /^gradient|^weights/

const expected: Readonly<Record<keyof typeof brokenAdapters, Expected>> = {
  'the gradient has the wrong sign': {
    groups: ['primitives', 'random formulas', ...gradientGroups],
    losses: everyLoss,
    checks: { ...allOver, primitives: every, shapes: every },
    wrong: wrongGradient,
  },
  'the classes of the gradient are swapped': {
    groups: ['primitives', 'random formulas', ...gradientGroups],
    losses: everyLoss,
    checks: {
      ...allOver,
      shapes: hasColumns,
      // The others have the same derivative in all classes.
      primitives: (name) =>
        !/^(constant|class vector|size|add|subtract|sum over the classes|broadcast of a number)/.test(name) &&
        !/^further input: (a number|rows)$/.test(name),
    },
    wrong: wrongGradient,
  },
  'rows and columns of the gradient are mixed up': {
    groups: ['primitives', 'random formulas', ...gradientGroups],
    losses: everyLoss,
    checks: {
      ...allOver,
      shapes: (name) => !/×1$|^1×/.test(name),
      // The others have the same derivative everywhere.
      primitives: (name) =>
        !/^(constant|class vector|size|add|subtract|broadcast of a number)/.test(name) &&
        name !== 'further input: a number',
    },
    wrong: wrongGradient,
  },
  'the factor 1/λ is missing': {
    groups: gradientGroups,
    losses: withLambda,
    checks: {
      ...comparing,
      shapes: hasColumns,
      labels: (name) => hasKnownLabels(name) && of(withLambda)(name),
      extremes: of(withLambda),
      training: ['20 steps with the gradients of DB-Focal'],
    },
    wrong: /^elements|^weights/,
  },
  'the focal factor is detached': {
    groups: gradientGroups,
    losses: withFocal,
    checks: {
      ...comparing,
      shapes: every,
      labels: (name) => hasKnownLabels(name) && of(withFocal)(name),
      // Where |z| is larger, the derivative of the factor is 0.
      extremes: (name) => name.startsWith('|z| = 17:') && of(withFocal)(name),
      training: ['20 steps with the gradients of DB-Focal', '20 steps with the gradients of CB-Focal, average-n'],
    },
    wrong: wrongGradient,
  },
  'the input is written to': {
    groups: ['arrays'],
    checks: { arrays: ["the caller's arrays are untouched"] },
    wrong: /^logits\[0\] was/,
  },
  'unknown labels count in the mean': {
    groups: ['labels'],
    checks: { labels: (name) => /unknown/.test(name) },
    wrong: /^value/,
  },
  'the mean is over rows instead of elements': {
    groups: ['primitives', 'random formulas', ...gradientGroups],
    losses: everyLoss,
    checks: {
      ...allOver,
      shapes: hasColumns,
      losses: (name) => name.endsWith(', mean'),
      primitives: (name) => name.startsWith('further input'),
    },
    wrong: /^value|^weights/,
  },
  'constants are stale after a second compile': {
    groups: ['state'],
    checks: { state: ['the same loss for two sets of statistics'] },
    wrong: /^elements/,
  },
  'the result array is reused': {
    groups: ['arrays', 'state'],
    checks: {
      arrays: ['results are not overwritten by the next evaluation'],
      state: ['evaluations that are started together'],
    },
    wrong: /^gradient/,
  },
  'NaN passes a mask': {
    groups: ['labels'],
    checks: { labels: (name) => /^unknown labels with NaN|^a batch without known/.test(name) },
    wrong: /^gradient\[\d+\] is NaN/,
  },
  'the sigmoid is off': {
    groups: ['primitives', 'random formulas', ...gradientGroups],
    losses: everyLoss,
    checks: {
      ...allOver,
      // The sigmoid is the derivative of softplus.
      primitives: ['sigmoid', 'sigmoid far from 0', 'softplus', 'softplus far from 0'],
      extremes: (name) => name.startsWith('|z| = 17:') || of(withRebalancing)(name),
      shapes: every,
    },
    wrong: /^elements|^gradient|^weights/,
  },
  'minimum is maximum': {
    groups: ['primitives', 'random formulas'],
    checks: { primitives: ['minimum'], 'random formulas': every },
    wrong: /^elements/,
  },
  'expm1 cancels': { groups: ['primitives'], checks: { primitives: ['expm1 near 0'] }, wrong: /^elements/ },
  'softplus overflows': {
    groups: ['primitives', 'extremes'],
    checks: { primitives: ['softplus far from 0'] },
    wrong: /^elements/,
  },
  'a sum over the classes is off': {
    groups: ['primitives', 'random formulas', ...gradientGroups],
    losses: everyLoss,
    elements: ['sum over the classes', 'broadcast of a number', 'broadcast of a row beside a class'],
    checks: { ...allOver, primitives: every, labels: every, shapes: every },
    wrong: /^elements|^value|^weights/,
  },
  'sums are accumulated in float16': {
    groups: ['primitives', 'random formulas', 'losses', 'shapes', 'labels', 'extremes', 'arrays', 'state'],
    losses: everyLoss,
    elements: [
      'sum over the classes',
      'sum over the batch',
      'broadcast of a number',
      'broadcast of a row beside a class',
    ],
    // In some of the extremes the summands are multiples of a power of 2. Training goes wrong by less than its tolerance.
    checks: { ...comparing, labels: hasKnownLabels, 'random formulas': every, shapes: every },
    wrong: /^elements|^value/,
  },
  'bad input is accepted': {
    groups: ['errors'],
    // The other two cannot be evaluated at all.
    checks: { errors: (name) => name !== 'logits of another width' && name !== 'a missing further input' },
    wrong: /^bad input was accepted|^expected a DblossError/,
  },
  'it computes in float16 but declares float32': {
    groups: ['primitives', 'losses', 'random formulas', 'shapes', 'labels', 'extremes', 'arrays', 'state', 'training'],
    losses: everyLoss,
    checks: {
      ...comparing,
      primitives: every,
      'random formulas': every,
      shapes: every,
      labels: hasKnownLabels,
      extremes: every,
    },
    wrong: /^elements|^value|^gradient|^weights|^bias/,
  },
  'weight decay is forgotten': {
    groups: ['optimizer'],
    checks: { optimizer: ['AdamW with weight decay', 'SGD with weight decay, clipped'] },
    wrong: /^weights/,
  },
  'clipping is forgotten': {
    groups: ['optimizer'],
    checks: { optimizer: ['AdamW, clipped', 'SGD with weight decay, clipped'] },
    wrong: /^weights/,
  },
  'momentum is forgotten': {
    groups: ['optimizer'],
    checks: { optimizer: ['SGD with momentum'] },
    wrong: /^weights/,
  },
}

describe('every broken adapter fails in the right place, and nowhere else', () => {
  test.each(Object.keys(brokenAdapters) as (keyof typeof brokenAdapters)[])('%s', async (name) => {
    const results = await runConformance({
      adapter: brokenAdapters[name],
      liveObjects: () => 0,
      losses: (loss) => everyLoss.includes(loss),
      randomFormulas: 20,
    })
    const failed = results.filter(({ outcome }) => outcome === 'failed')
    const { groups, losses, checks = {}, elements, wrong } = expected[name]

    expect(unique(failed.map(({ group }) => group))).toEqual(unique(groups))
    if (losses !== undefined) {
      expect(unique(inGroup(failed, 'losses').map(({ loss }) => loss!))).toEqual(unique(losses))
    }
    for (const [group, which] of Object.entries(checks) as [CheckGroup, Names][]) {
      const wanted = typeof which === 'function' ? namesOf(inGroup(results, group), group).filter(which) : which
      expect(unique(failedNames(inGroup(failed, group), group)), group).toEqual(unique(wanted))
    }
    if (elements !== undefined) {
      const wrongElements = inGroup(failed, 'primitives').filter(({ message }) => message!.startsWith('elements'))
      expect(unique(wrongElements.map(({ check }) => check))).toEqual(unique(elements))
    }
    for (const { message, group } of failed) {
      for (const line of message!.split('\n')) expect(withoutKind(line, group)).toMatch(wrong)
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
      losses: () => false,
      randomFormulas: 0,
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
      losses: (loss) => everyLoss.includes(loss),
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
      losses: (loss) => everyLoss.includes(loss),
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
    const results = await runConformance({
      adapter: brokenAdapters['the gradient has the wrong sign'],
      losses: (loss) => loss === 'BCE',
      randomFormulas: 0,
    })
    const { message } = results.find(({ check, group }) => group === 'losses' && check === 'BCE, sum')!
    expect(message).toMatch(
      /^gradient\[\d+\] is [-\d.e]+; expected [-\d.e]+, an error of [\d.e+]+ tolerances of [\d.e-]+ \(row \d, class \d, logit [-\d.]+, label [01]\)$/,
    )
  })
})

/** All the names that can fail in a group. */
function namesOf(results: readonly ConformanceResult[], group: CheckGroup): string[] {
  const names = results.flatMap(({ check, loss }) => kindsOf[group]?.map((kind) => `${kind}: ${loss}`) ?? [check])
  return names.filter((name) => !/^soft labels: .*hard labels$/.test(name))
}

/** The names that did fail: where there are kinds, the message has a line for each. */
function failedNames(failed: readonly ConformanceResult[], group: CheckGroup): string[] {
  if (kindsOf[group] === undefined) return failed.map(({ check }) => check)
  return failed.flatMap(({ message, loss }) => message!.split('\n').map((line) => `${line.split(': ', 1)[0]}: ${loss}`))
}

/** A line of a message without the seed of a random formula, and without the kind of batch. */
function withoutKind(line: string, group: CheckGroup): string {
  return line.replace(kindsOf[group] === undefined ? /^randomFormula.*?: / : /^.*?: /, '')
}

function inGroup(results: readonly ConformanceResult[], group: CheckGroup): ConformanceResult[] {
  return results.filter((result) => result.group === group)
}

function unique<T>(values: readonly T[]): T[] {
  return [...new Set(values)].sort()
}
