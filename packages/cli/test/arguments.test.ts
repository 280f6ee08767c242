import { namedLosses } from '@dbloss/core'
import { describe, expect, test } from 'vitest'
import { parseCompare, parseNumber, parseSubset } from '../src/arguments.ts'
import { lossText, parseLoss } from '../src/loss-text.ts'
import { dbloss } from './collect.ts'

describe('arguments', () => {
  test('losses with samplers', () => {
    expect(parseCompare('bce, db/class-aware')).toEqual([
      { loss: 'bce', sampler: 'uniform' },
      { loss: 'db', sampler: 'class-aware' },
    ])
    expect(() => parseCompare('bce/often')).toThrow("'bce/often' is not LOSS or LOSS/SAMPLER")
    expect(() => parseCompare('bce/uniform/twice')).toThrow('is not LOSS or LOSS/SAMPLER')
    expect(() => parseLoss('asl')).toThrow("There is no loss 'asl'; known are distribution-balanced, db,")
  })
  test('losses with parameters', () => {
    const withParameters = { name: 'db-focal', parameters: { mu: 0.3, lambda: 5, variant: 'released' } }
    expect(parseLoss('db-focal( mu=0.3, lambda = 5,variant=released )')).toEqual(withParameters)
    expect(parseCompare('bce,db(mu=auto, kappa=1e-2)/class-aware, nt-bce')).toEqual([
      { loss: 'bce', sampler: 'uniform' },
      { loss: { name: 'db', parameters: { mu: 'auto', kappa: 0.01 } }, sampler: 'class-aware' },
      { loss: 'nt-bce', sampler: 'uniform' },
    ])
    const parameters = { mu: 0.3, lambda: 5 }
    expect(parseLoss(lossText('db', parameters))).toEqual({ name: 'db', parameters })
    for (const list of ['', 'mu', 'mu=', '=1', 'mu=1,mu=2', 'mu=1,,lambda=2', 'm u=1']) {
      expect(() => parseLoss(`db(${list})`)).toThrow(/is not PARAMETER=VALUE/)
    }
    for (const text of ['db(mu=1', 'db)mu=1(', 'db(mu=1)x', 'db((mu=1))']) {
      expect(() => parseLoss(text)).toThrow(/is not LOSS or LOSS\(/)
    }
    expect(() => parseLoss('asl(m=0.05)')).toThrow("There is no loss 'asl'")
  })
  test('subsets', () => {
    expect(parseSubset('400,10,2,7')).toEqual({ max: 400, min: 10, exponent: 2, seed: 7 })
    expect(() => parseSubset('400,10')).toThrow('Expected four numbers')
    expect(() => parseSubset('10,400,2,0')).toThrow('min is 400 and above max')
  })
  test.each(['', 'x', '1.5', '-1', '1e400'])('%j is no count', (text) => {
    expect(() => parseNumber({ integer: true, minimum: 0 })(text)).toThrow(
      `Expected an integer from 0; found '${text}'.`,
    )
  })
})

describe('help', () => {
  test('of the command names the commands, with examples', async () => {
    const { code, stdout } = await dbloss(['--help'])
    expect(code).toBe(0)
    expect(stdout).toContain('dbloss train ./photos --model')
    expect(stdout).toMatch(/predict.*label pictures with a trained model/)
  })
  test('of train teaches every loss, the samplers, the picture folder and what to try next', async () => {
    const { stdout } = await dbloss(['train', '--help'])
    for (const [name, { summary }] of Object.entries(namedLosses)) {
      expect(stdout).toMatch(new RegExp(`^  ${name} `, 'm'))
      expect(stdout).toContain(summary)
    }
    for (const text of ['class-aware', 'metadata.jsonl', 'What to try next', '--subset', '--on-bad-image']) {
      expect(stdout).toContain(text)
    }
  })
  test('of predict', async () => {
    expect((await dbloss(['predict', '--help'])).stdout).toContain('--top-k')
  })
  test('the version is that of the package', async () => {
    expect(await dbloss(['--version'])).toMatchObject({ code: 0, stdout: expect.stringMatching(/^\d+\.\d+\.\d+\n$/) })
  })
})

describe('a command that is written wrongly ends with 2 and says what is wrong', () => {
  test.each([
    [['train', '-m', 'x'], "missing required argument 'data'"],
    [['train', './photos'], "required option '-m, --model <model>' not specified"],
    [['train', './photos', '-m', 'x', '--loss', 'asl'], "There is no loss 'asl'"],
    [['train', './photos', '-m', 'x', '--epochs', '0'], "Expected an integer from 1; found '0'"],
    [['train', './photos', '-m', 'x', '--sampler', 'often'], 'Allowed choices are uniform, class-aware'],
    [['predict', './model'], "missing required argument 'images'"],
    [['tune'], "unknown command 'tune'"],
  ])('dbloss %j', async (argv, message) => {
    const { code, stderr } = await dbloss(argv)
    expect(code).toBe(2)
    expect(stderr).toContain(message)
    expect(stderr).toContain('dbloss --help')
  })
})
