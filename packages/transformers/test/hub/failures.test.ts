import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readdirSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { temporaryFolder } from '../../../../test-support/temporary-folder.ts'
import { downloadFromHub } from '../../src/hub/download-from-hub.ts'
import { pushToHub } from '../../src/hub/push-to-hub.ts'
import { type LocalHub, localHub } from '../support/local-hub.ts'
import type { Fault } from '../support/local-server.ts'
import { savedConfig, savedModel } from '../support/saved-model.ts'
import { expectFailure, filesIn } from './support.ts'

// Requests are tried again at once.
vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }))

beforeEach(() => {
  vi.stubEnv('HF_TOKEN', undefined)
  vi.stubEnv('HF_ENDPOINT', undefined)
})
afterEach(() => void vi.unstubAllEnvs())

const repository = 'user/photos'

/** A hub with a public model, and what a download of it needs. */
async function hubWithModel() {
  const hub = await localHub()
  const model = await savedModel()
  hub.addModel(repository, model)
  return { hub, model, options: { repository, hubUrl: hub.url, folder: join(temporaryFolder(), 'model') } }
}

/** A hub, and what a push to it needs. */
async function hubAndPush() {
  const hub = await localHub()
  return { hub, options: { repository, hubUrl: hub.url, token: hub.token, folder: await savedModel() } }
}

/** Makes the first requests with such a path fail. */
function failFirst(hub: LocalHub, path: RegExp, faults: readonly Fault[]): { readonly met: Fault[] } {
  const met: Fault[] = []
  hub.fault = (request) => {
    const fault = path.test(`${request.method} ${request.path}`) ? faults[met.length] : undefined
    if (fault !== undefined) met.push(fault)
    return fault
  }
  return { met }
}

describe('before anything is sent', () => {
  test.each([
    ['no slash', 'photos'],
    ['two slashes', 'user/photos/1'],
    ['a space', 'user/my photos'],
    ['a way up', 'user/..'],
    ['an address', 'https://huggingface.co/user/photos'],
    ['the end of a git address', 'user/photos.git'],
    ['two hyphens', 'user/my--photos'],
    ['nothing', ''],
  ])('a repository with %s is refused', async (_, name) => {
    const { hub, options } = await hubAndPush()
    const message = /^repository is '.*'; expected user\/name/
    await expectFailure(pushToHub({ ...options, repository: name }), hub, { code: 'argument', message })
    await expectFailure(downloadFromHub({ ...options, repository: name }), hub, { code: 'argument', message })
    expect(hub.requests).toEqual([])
  })

  test.each([
    ['huggingface.co', /expected an address such as/],
    ['ftp://huggingface.co', /expected an address such as/],
    ['http://hub.example', /expected https, because the token would be sent without encryption/],
    ['https://user:word@hub.example', /^hubUrl is 'hub.example'; expected an address without/],
  ])('the address %s is refused', async (hubUrl, message) => {
    const { hub, options } = await hubAndPush()
    await expectFailure(pushToHub({ ...options, hubUrl }), hub, { code: 'argument', argument: 'hubUrl', message })
  })

  test('a token that is missing or malformed is refused', async () => {
    const { hub, options } = await hubAndPush()
    const { token, ...without } = options
    const argument = 'token'
    await expectFailure(pushToHub(without), hub, { argument, message: /there is no token; expected .*HF_TOKEN/ })
    for (const malformed of [token.slice(3), `${token}\nAccept: all`, `${token} `]) {
      const failed = pushToHub({ ...options, token: malformed })
      await expectFailure(failed, hub, { argument, message: /^token is no access token of the hub/ })
    }
    vi.stubEnv('HF_TOKEN', `"${token}"`)
    await expectFailure(pushToHub(without), hub, { argument, message: /^HF_TOKEN is no access token/ })
    expect(hub.requests).toEqual([])
  })

  test('a folder that is no model of dbloss is refused', async () => {
    const { hub, options } = await hubAndPush()
    const { dbloss: _, ...ofOthers } = savedConfig
    const [other, empty, without, broken] = [
      await savedModel(ofOthers),
      await savedModel(),
      await savedModel(),
      await savedModel(),
    ]
    writeFileSync(join(empty, 'onnx/model.onnx'), '')
    writeFileSync(join(broken, 'config.json'), '{')
    const cases: [folder: string, message: RegExp][] = [
      [other, /is no model that dbloss wrote: its config\.json has no record 'dbloss'/],
      [empty, /has an empty onnx\/model\.onnx; expected a folder that fineTune/],
      [broken, /has no config\.json that can be read/],
      [join(without, 'onnx'), /has no config\.json that can be read/],
    ]
    for (const [folder, message] of cases) {
      await expectFailure(pushToHub({ ...options, folder }), hub, { code: 'model', argument: 'folder', message })
    }
    expect(hub.requests).toEqual([])
  })
})

describe('a hub that refuses', () => {
  test('a token that it does not know', async () => {
    const { hub, options } = await hubAndPush()
    // The hub says the token back.
    const token = 'hf_unknownToken'
    const message =
      /does not accept the token \(Invalid token <token>\); expected one that is valid and may write, from http/
    await expectFailure(pushToHub({ ...options, token }), { token }, { argument: 'token', message })
    const folder = join(temporaryFolder(), 'model')
    await expectFailure(downloadFromHub({ ...options, token, folder }), { token }, { message: /may read/ })
    expect(hub.repositories.size).toBe(0)
  })

  test('a namespace of others', async () => {
    const { hub, options } = await hubAndPush()
    const message = /the token may not write here \(You .*\); expected one with write access to somebody/
    await expectFailure(pushToHub({ ...options, repository: 'somebody/photos' }), hub, { argument: 'token', message })
  })

  test('what is not there, or private', async () => {
    const { hub, options } = await hubWithModel()
    const { token } = hub
    const folder = options.folder
    await expectFailure(downloadFromHub({ ...options, repository: 'user/nothing', token }), hub, {
      message: /there is no such repository or revision 'main'/,
    })
    await expectFailure(downloadFromHub({ ...options, repository: 'user/nothing' }), hub, {
      message: /it is private or not on http.*expected a name that is there, or a token in HF_TOKEN/,
    })
    await expectFailure(downloadFromHub({ ...options, revision: 'v9' }), hub, { message: /or revision 'v9'/ })
    expect(readdirSync(dirname(folder))).toEqual([])
  })

  test('to be private when it is public already', async () => {
    const { hub, options } = await hubWithModel()
    const before = hub.repositories.get(repository)!.contents()
    const push = { ...options, token: hub.token, folder: await savedModel(), private: true }
    await expectFailure(pushToHub(push), hub, { message: /user\/photos is public already; expected another name/ })
    expect(hub.repositories.get(repository)!.contents()).toEqual(before)
  })

  test('to lose a model that dbloss did not write', async () => {
    const { hub, options } = await hubAndPush()
    const { dbloss: _, ...ofOthers } = savedConfig
    const other = hub.addModel(repository, await savedModel(ofOthers))
    const before = other.contents()
    await expectFailure(pushToHub(options), hub, { message: /has a model that dbloss did not write, so it is not/ })
    expect(other.contents()).toEqual(before)
    // A repository that was made on the site has no model yet.
    other.commit('main', 'empty', new Map([['README.md', { bytes: Buffer.from('# Soon'), lfs: false }]]))
    expect(await pushToHub(options)).toMatchObject({ created: false, removed: [] })
  })

  test('a commit that another one came before', async () => {
    const { hub, options } = await hubAndPush()
    hub.fault = ({ path }) => (path.includes('/commit/') ? 409 : undefined)
    await expectFailure(pushToHub(options), hub, {
      message: /somebody else has changed it.*expected to run the same again/,
    })
  })

  test('a model without a config, and names that lead out of the folder', async () => {
    const { hub, options } = await hubWithModel()
    const file = { bytes: Buffer.from('evil'), lfs: false }
    const { 'config.json': config } = hub.repositories.get(repository)!.contents()
    for (const [path, message] of [
      ['../evil', /has a file named '\.\.\/evil'; expected names within a folder/],
      ['C:\\evil', /has a file named 'C:\\evil'/],
      ['/evil', /has a file named '\/evil'/],
    ] as const) {
      hub.repositories.get(repository)!.commit(
        'main',
        'evil',
        new Map([
          ['config.json', { ...file, bytes: config! }],
          [path, file],
        ]),
      )
      await expectFailure(downloadFromHub(options), hub, { message })
    }
    hub.repositories.get(repository)!.commit('main', 'nothing', new Map([['README.md', file]]))
    await expectFailure(downloadFromHub(options), hub, { message: /has no config\.json; expected a model/ })
    expect(readdirSync(dirname(options.folder))).toEqual([])
  })
})

describe('a hub that fails for a moment', () => {
  const faults: Fault[] = [500, 'drop', 503, 429]

  test.each([
    ['the repository is looked for', /^GET \/api\/models\//],
    ['the repository is made', /^POST \/api\/repos\/create/],
    ['files are announced', /preupload/],
    ['large files are announced', /lfs\/objects\/batch/],
    ['a large file is sent', /^PUT \/objects\/[0-9a-f]+\/2$/],
    ['the commit is made', /\/commit\//],
  ])('when %s gets the model nevertheless', async (_, path) => {
    const { hub, options } = await hubAndPush()
    const { met } = failFirst(hub, path, faults)
    const progress: number[] = []
    await pushToHub({ ...options, onProgress: ({ done, total }) => progress.push(done / total) })
    expect(met).toEqual(faults)
    // What is sent again is counted once.
    expect(Math.max(...progress)).toBe(1)
    const { '.gitattributes': attributes, ...pushed } = hub.repositories.get(repository)!.contents()
    const { 'predictions.jsonl': predictions, ...expected } = filesIn(options.folder)
    expect(pushed).toEqual(expected)
  })

  test('and had made the repository already, without its answer getting here', async () => {
    const { hub, options } = await hubAndPush()
    failFirst(hub, /repos\/create/, [{ after: 3 }])
    await expect(pushToHub(options)).rejects.toMatchObject({ code: 'hub' })
    expect(await pushToHub(options)).toMatchObject({ created: false })
  })

  test('gives a model nevertheless, from where it was', async () => {
    const { hub, model, options } = await hubWithModel()
    const size = filesIn(model)['onnx/model.onnx_data']!.length
    const ranges: unknown[] = []
    let failed = 0
    hub.fault = ({ path, headers }) => {
      if (path.startsWith('/api/') && failed < 2) return [502, 'drop' as const][failed++]
      const isWhole = path.includes('/objects/') && headers.range !== 'bytes=0-0'
      if (isWhole) ranges.push(headers.range)
      if (!isWhole || ranges.length % 2 === 0) return undefined
      return { after: 100, until: new Promise((resolve) => arrived.push(resolve)) }
    }
    const arrived: (() => void)[] = []
    const progress: number[] = []
    await downloadFromHub({
      ...options,
      onProgress: ({ done, total }) => {
        progress.push(done / total)
        arrived.shift()?.()
      },
    })
    expect(filesIn(options.folder)).toEqual(filesIn(model))
    expect(ranges).toContain(`bytes=100-${size - 1}`)
    expect(progress.at(-1)).toBe(1)
  })
})

describe('a hub that is gone', () => {
  test('is given up after 5 tries, and nothing is left', async () => {
    const { hub, options } = await hubWithModel()
    for (const [fault, message] of [
      ['drop', /cannot be reached, after 5 tries \(.+\); expected a connection/],
      [503, /answers with status 503, after 5 tries/],
      [429, /too many requests, and 5 tries/],
    ] as const) {
      const before = hub.requests.length
      hub.fault = () => fault
      await expectFailure(downloadFromHub(options), hub, { message })
      await expectFailure(pushToHub({ ...options, token: hub.token, folder: await savedModel() }), hub, { message })
      expect(hub.requests.length - before).toBe(10)
    }
    expect(readdirSync(dirname(options.folder))).toEqual([])
  })

  test('in the middle of a file is given up after 5 tries, and nothing is left', async () => {
    const { hub, options } = await hubWithModel()
    hub.fault = ({ path }) => (path.includes('config.json') ? { after: 1 } : undefined)
    await expectFailure(downloadFromHub(options), hub, { message: /cannot be reached, after 5 tries/ })
    expect(readdirSync(dirname(options.folder))).toEqual([])
  })

  test('where nobody listens is told', async () => {
    const { hub, options } = await hubAndPush()
    const server = createServer().listen(0, '127.0.0.1')
    await once(server, 'listening')
    const hubUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    await new Promise((resolve) => server.close(resolve))
    const message = /127\.0\.0\.1:\d+ cannot be reached, after 5 tries \(.*ECONNREFUSED.*right hubUrl or HF_ENDPOINT/
    await expectFailure(pushToHub({ ...options, hubUrl }), hub, { message })
  })
})

test('a file that arrives damaged is refused, and nothing is left', async () => {
  const { hub, options } = await hubWithModel()
  for (const path of ['/objects/', 'preprocessor_config.json']) {
    hub.fault = (request) => (request.path.includes(path) ? 'damage' : undefined)
    await expectFailure(downloadFromHub(options), hub, { message: /arrived damaged: its hash is [0-9a-f]+; expected/ })
  }
  expect(readdirSync(dirname(options.folder))).toEqual([])
})

describe('a signal', () => {
  test('ends a download in the middle of a file, and nothing is left', async () => {
    const { hub, options } = await hubWithModel()
    hub.fault = ({ path }) => (path.includes('/objects/') ? 'stall' : undefined)
    const { signal, stop } = stopping()
    await expect(downloadFromHub({ ...options, signal, onProgress: stop })).rejects.toThrow('enough')
    expect(readdirSync(dirname(options.folder))).toEqual([])
  })

  test('ends a push before its commit', async () => {
    const { hub, options } = await hubAndPush()
    const { signal, stop } = stopping()
    await expect(pushToHub({ ...options, signal, onProgress: stop })).rejects.toThrow('enough')
    expect(hub.repositories.get(repository)!.titles).toEqual(['initial commit'])
    await expect(pushToHub({ ...options, signal })).rejects.toThrow('enough')
  })

  function stopping() {
    const controller = new AbortController()
    return {
      signal: controller.signal,
      stop: ({ done }: { done: number }) => done > 0 && controller.abort(new Error('enough')),
    }
  }
})

test('what a killed download leaves is no model, and the next one clears it away', async () => {
  const { hub, model, options } = await hubWithModel()
  const program = `
    import { downloadFromHub } from ${JSON.stringify(new URL('../../src/hub/download-from-hub.ts', import.meta.url).href)}
    await downloadFromHub(${JSON.stringify(options)})`
  const child = spawn(
    process.execPath,
    [
      '--conditions',
      '@dbloss/source',
      '--import',
      import.meta.resolve('tsx'),
      '--input-type=module',
      '--eval',
      program,
    ],
    { stdio: ['ignore', 'inherit', 'inherit'] },
  )
  const ended = new Promise<unknown>((resolve) => child.on('close', (_, signal) => resolve(signal)))
  hub.fault = ({ path, headers }) => {
    if (!path.includes('/objects/') || headers.range === 'bytes=0-0') return undefined
    child.kill('SIGKILL')
    return 'stall'
  }
  expect(await ended).toBe('SIGKILL')
  const left = readdirSync(dirname(options.folder))
  expect(left).toEqual([expect.stringMatching(/^\.model\.dbloss-new-/)])
  hub.fault = () => undefined
  await downloadFromHub(options)
  expect(readdirSync(dirname(options.folder))).toEqual(['model'])
  expect(filesIn(options.folder)).toEqual(filesIn(model))
})
