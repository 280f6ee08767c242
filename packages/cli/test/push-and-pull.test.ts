import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { temporaryFolder } from '../../../test-support/temporary-folder.ts'
import { localHub } from '../../transformers/test/support/local-hub.ts'
import { savedModel } from '../../transformers/test/support/saved-model.ts'
import { fileSize } from '../src/file-size.ts'
import { dbloss } from './collect.ts'
import { trainedModel } from './support.ts'

const repository = 'user/photos'

beforeEach(() => {
  vi.stubEnv('HF_TOKEN', undefined)
  vi.stubEnv('HF_ENDPOINT', undefined)
})
afterEach(() => void vi.unstubAllEnvs())

/** A hub that the environment names, with its token. */
async function hubOfEnvironment() {
  const hub = await localHub()
  vi.stubEnv('HF_TOKEN', hub.token)
  vi.stubEnv('HF_ENDPOINT', hub.url)
  return hub
}

/** Runs a command, and expects that the token is in nothing that it prints. */
async function withoutToken(argv: readonly string[], signal?: AbortSignal) {
  const token = process.env.HF_TOKEN
  const result = await dbloss(argv, signal)
  if (token !== undefined) expect(result.stdout + result.stderr).not.toContain(token)
  return result
}

describe('push and pull', () => {
  test('take a trained model to the hub and back, without paths of this machine, and it measures the same', async () => {
    const { url, repositories } = await hubOfEnvironment()
    const { root, photos, model } = await trainedModel()
    expect((await dbloss(['thresholds', model, photos])).code).toBe(0)

    const pushed = await withoutToken(['push', model, repository, '--message', 'First', '--with-predictions'])
    expect(pushed).toMatchObject({ code: 0 })
    expect(pushed.stdout).toMatch(/│ onnx\/model\.onnx +│ +\d(\.\d)? kB │/)
    expect(pushed.stdout).toContain('Paths of this machine are replaced by their last part: backbone, photos.')
    expect(pushed.stdout).toContain(`Made ${url}/${repository}\nUse it:  multiLabelPipeline('${repository}') or`)
    expect(pushed.stderr).toMatch(/^upload: .* kB, done in \d+ s$/m)
    const hub = repositories.get(repository)!
    expect(hub.titles).toEqual(['initial commit', 'First'])
    for (const [path, bytes] of Object.entries(hub.contents())) expect(String(bytes), path).not.toContain(root)

    const target = join(root, 'pulled')
    const pulled = await withoutToken(['pull', repository, target])
    expect(pulled).toMatchObject({ code: 0 })
    expect(pulled.stdout).toContain(`${repository} at ${hub.resolve('main')} is in ${target}`)
    const [before, after] = [await dbloss(['evaluate', model, photos]), await dbloss(['evaluate', target, photos])]
    expect(after.code).toBe(0)
    expect(after.stdout.replaceAll(target, model)).toBe(before.stdout)
    const again = await withoutToken(['pull', repository, target])
    expect(again).toMatchObject({ code: 1, stderr: expect.stringContaining('exists and is not empty') })
    expect((await withoutToken(['pull', repository, target, '--overwrite', '--json'])).stdout).toContain('"commit"')
  })

  test('as JSON, and what an earlier model had besides', async () => {
    const { url } = await hubOfEnvironment()
    const model = await savedModel()
    await withoutToken(['push', model, repository, '--with-predictions'])
    const { code, stdout } = await withoutToken(['push', model, repository, '--json', '--private'])
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
    const changed = await withoutToken(['push', model, repository, '--json'])
    expect(JSON.parse(changed.stdout)).toMatchObject({
      ...{ model, repository, url: `${url}/${repository}`, created: false, removed: ['predictions.jsonl'], notes: [] },
      files: expect.arrayContaining([{ path: 'onnx/model.onnx_data', size: 2500 }]),
    })
  })

  test('only list with --dry-run, without a token and a hub', async () => {
    const model = await savedModel()
    writeFileSync(join(model, 'report.html'), '<img>')
    const { code, stdout, stderr } = await dbloss(['push', model, repository, '--dry-run', '--with-predictions'])
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' })
    expect(stdout).toMatch(/│ onnx\/model\.onnx_data +│ 2\.5 kB │/)
    expect(stdout).toContain(
      `predictions.jsonl names 1 pictures.\nNothing is sent: without --dry-run these files go to`,
    )
    expect(stdout).not.toContain('report.html')
    const asJson = await dbloss(['push', model, repository, '--dry-run', '--json'])
    expect(JSON.parse(asJson.stdout)).toMatchObject({ model, repository, dryRun: true, notes: [] })
    expect((await dbloss(['push', model, 'photos', '--dry-run'])).code).toBe(2)
  })

  test('say what is wrong, and what to do', async () => {
    const hub = await hubOfEnvironment()
    const model = await savedModel()
    const cases: [argv: string[], code: number, message: RegExp][] = [
      [['push', model, 'photos'], 2, /repository is 'photos'; expected user\/name/],
      [['push', join(model, 'onnx'), repository], 1, /no config\.json.*; expected a folder that fineTune.*\n$/],
      [['push', model, 'somebody/photos'], 1, /may not write here .*expected one with write access to somebody/],
      [['push', model, repository, '--hub-url', 'hub'], 2, /hubUrl is 'hub'/],
      [['pull', 'user/nothing', join(model, 'new')], 1, /there is no such repository/],
    ]
    for (const [argv, code, message] of cases) {
      expect(await withoutToken(argv)).toMatchObject({ code, stdout: '', stderr: expect.stringMatching(message) })
    }
    vi.stubEnv('HF_TOKEN', undefined)
    const missing = await dbloss(['push', model, repository])
    expect(missing).toMatchObject({ code: 1, stderr: expect.stringMatching(/there is no token; expected .*HF_TOKEN/) })
    expect(hub.repositories.size).toBe(0)
  })

  test('end on Ctrl-C: the repository is as it was, and no folder is left', async () => {
    const hub = await hubOfEnvironment()
    const model = await savedModel()
    const push = ['push', model, repository]
    const stopped = await interrupted(push, /^\/objects\//)
    expect(stopped).toMatchObject({ code: 130, stdout: '' })
    expect(stopped.stderr).toContain(`To go on:  dbloss ${push.join(' ')}`)
    expect(hub.repositories.get(repository)!.titles).toEqual(['initial commit'])
    hub.fault = () => undefined
    expect((await withoutToken(push)).code).toBe(0)

    const root = temporaryFolder()
    const pull = ['pull', repository, join(root, 'model')]
    const left = await interrupted(pull, /^\/objects\//)
    expect(left).toMatchObject({ code: 130, stderr: '\nStopped. Nothing half-written is left behind.\n' })
    expect(readdirSync(root)).toEqual([])

    /** Interrupts a command when it sends such a request, which gets no answer. */
    function interrupted(argv: readonly string[], path: RegExp) {
      const interruption = new AbortController()
      hub.fault = (request) => {
        if (!path.test(request.path)) return undefined
        interruption.abort()
        return 'stall'
      }
      return withoutToken(argv, interruption.signal)
    }
  })
})

test('sizes of files are written in steps of 1000', () => {
  const sizes = [0, 999, 1000, 1449, 9949, 9950, 999_499, 999_500, 94_300_000, 2.5e9]
  expect(sizes.map(fileSize)).toEqual([
    '0 B',
    '999 B',
    '1.0 kB',
    '1.4 kB',
    '9.9 kB',
    '10 kB',
    '999 kB',
    '1.0 MB',
    '94 MB',
    '2.5 GB',
  ])
})
