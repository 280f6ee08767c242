import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { env } from '@huggingface/transformers'
import { afterEach, beforeEach, describe, expect, onTestFinished, test, vi } from 'vitest'
import { temporaryFolder } from '../../../../test-support/temporary-folder.ts'
import { downloadFromHub } from '../../src/hub/download-from-hub.ts'
import { pushToHub } from '../../src/hub/push-to-hub.ts'
import { filesToPush } from '../../src/hub/pushed-files.ts'
import { multiLabelPipeline } from '../../src/multi-label-pipeline.ts'
import { localHub } from '../support/local-hub.ts'
import { drawJpeg } from '../support/pictures.ts'
import { savedConfig, savedModel } from '../support/saved-model.ts'
import { filesIn } from './support.ts'

// Requests are tried again at once.
vi.mock('node:timers/promises', () => ({ setTimeout: async () => undefined }))

const original = { remoteHost: env.remoteHost, cacheDir: env.cacheDir }
beforeEach(() => {
  vi.stubEnv('HF_TOKEN', undefined)
  vi.stubEnv('HF_ENDPOINT', undefined)
})
afterEach(() => {
  vi.unstubAllEnvs()
  Object.assign(env, original)
})

const repository = 'user/photos'

async function scores(model: string, picture: Blob) {
  const classify = await multiLabelPipeline(model)
  onTestFinished(() => classify.dispose())
  return classify(picture, { threshold: 0 })
}

describe('a pushed model', () => {
  test('comes back byte for byte, and gives the same scores from the hub', async () => {
    const { url: hubUrl, token, repositories } = await localHub()
    const folder = await savedModel()
    const progress: number[] = []
    const pushed = await pushToHub({
      ...{ folder, repository, hubUrl, token, private: true, withPredictions: true },
      onProgress: ({ done, total }) => progress.push(done / total),
    })
    const sizes = Object.entries(filesIn(folder)).map(([path, { length }]) => ({ path, size: length }))
    expect(pushed).toMatchObject({
      ...{ repository, url: `${hubUrl}/${repository}`, created: true, removed: [] },
      notes: ['predictions.jsonl names 1 pictures.'],
    })
    expect([...pushed.files].sort((a, b) => (a.path < b.path ? -1 : 1))).toEqual(sizes)
    expect(repositories.get(repository)).toMatchObject({ isPrivate: true })
    expect(repositories.get(repository)!.resolve('main')).toBe(pushed.commit)
    expect(progress.at(-1)).toBe(1)
    // Several pieces of several files, not all at once.
    expect(new Set(progress.slice(0, -1).filter((share) => share > 0 && share < 1)).size).toBeGreaterThan(2)

    const target = join(temporaryFolder(), 'downloaded')
    const downloaded = await downloadFromHub({ repository, folder: target, hubUrl, token })
    expect(downloaded).toMatchObject({ repository, folder: target, commit: pushed.commit })
    expect(filesIn(target)).toEqual(filesIn(folder))

    repositories.set('user/public', Object.assign(repositories.get(repository)!, { isPrivate: false }))
    env.remoteHost = `${hubUrl}/`
    env.cacheDir = temporaryFolder()
    const picture = new Blob([new Uint8Array(await drawJpeg(['red'], 1))])
    const expected = await scores(folder, picture)
    expect(await scores('user/public', picture)).toEqual(expected)
    expect(await scores(target, picture)).toEqual(expected)
  })

  test('leaves predictions and reports here', async () => {
    const { url: hubUrl, token, repositories } = await localHub()
    const folder = await savedModel()
    writeFileSync(join(folder, 'report.html'), '<img>')
    writeFileSync(join(folder, 'onnx/.model.onnx.7'), 'half-written')
    const { notes } = await pushToHub({ folder, repository, hubUrl, token })
    expect(notes).toEqual([])
    const paths = Object.keys(repositories.get(repository)!.contents()).filter((path) => path !== '.gitattributes')
    expect(paths.sort()).toEqual([
      ...['README.md', 'config.json', 'onnx/model.onnx', 'onnx/model.onnx_data', 'onnx/model_quantized.onnx'],
      'preprocessor_config.json',
    ])
    expect(repositories.get(repository)).toMatchObject({ isPrivate: false })
  })

  test('replaces an earlier one, and what that one had besides', async () => {
    const { url: hubUrl, token, repositories, requests } = await localHub()
    const options = { folder: await savedModel(), repository, hubUrl, token }
    const first = await pushToHub({ ...options, withPredictions: true })
    const before = requests.length
    for (const path of ['onnx/model_quantized.onnx', 'predictions.jsonl']) rmSync(join(options.folder, path))
    writeFileSync(join(options.folder, 'onnx/model.onnx'), 'another model')
    const second = await pushToHub({ ...options, message: 'Train longer' })
    expect(second).toMatchObject({ created: false, removed: ['onnx/model_quantized.onnx', 'predictions.jsonl'] })
    const hub = repositories.get(repository)!
    expect(hub.titles).toEqual(['initial commit', 'Upload a multi-label classifier', 'Train longer'])
    const { '.gitattributes': _, ...pushed } = hub.contents()
    expect(pushed).toEqual(filesIn(options.folder))
    // What the hub has already is not sent again.
    expect(requests.slice(before).filter((request) => request.startsWith('PUT'))).toHaveLength(1)

    const folder = join(temporaryFolder(), 'earlier')
    await downloadFromHub({ repository, hubUrl, token, folder, revision: first.commit })
    expect(readFileSync(join(folder, 'onnx/model_quantized.onnx'), 'utf8')).toBe('smaller')
    await expect(downloadFromHub({ repository, hubUrl, token, folder })).rejects.toMatchObject({ code: 'output' })
    await downloadFromHub({ repository, hubUrl, token, folder, overwrite: true })
    expect(filesIn(folder)).toEqual(filesIn(options.folder))
  })

  test('goes to a branch that is made for it, from the token and the hub of the environment', async () => {
    const { url, token, repositories } = await localHub()
    vi.stubEnv('HF_TOKEN', token)
    vi.stubEnv('HF_ENDPOINT', `${url}/`)
    const folder = await savedModel()
    const pushed = await pushToHub({ folder, repository, branch: 'try/1' })
    expect(pushed.url).toBe(`${url}/${repository}/tree/try/1`)
    const hub = repositories.get(repository)!
    expect(Object.keys(hub.contents('main'))).toEqual(['.gitattributes'])
    const again = await pushToHub({ folder, repository, branch: 'try/1' })
    expect(again).toMatchObject({ created: false, removed: [] })
    const target = join(temporaryFolder(), 'branch')
    await downloadFromHub({ repository, folder: target, revision: 'try/1' })
    expect(Object.keys(filesIn(target))).toContain('onnx/model.onnx')
  })

  test('holds no path of this machine', async () => {
    const { url: hubUrl, token, repositories } = await localHub()
    const backbone = '/home/somebody/my_models/tiny'
    const folder = await savedModel({
      ...savedConfig,
      _name_or_path: 'C:\\Users\\somebody\\exports\\vit',
      // Labels of Open Images look like paths.
      id2label: { 0: '/m/01g317', 1: './b', 2: 'c', 3: 'd', 4: 'e' },
      dbloss: { original: { model: backbone, model_type: 'vit' }, thresholdsFrom: { data: '../somebody/photos/' } },
    })
    const card = `A head on ${backbone.replaceAll('_', '\\_')} (features: pooler), trained at ../somebody/photos/, not ../somebody/photos/2.`
    writeFileSync(join(folder, 'README.md'), card)
    const { notes } = await pushToHub({ folder, repository, hubUrl, token })
    expect(notes).toEqual(['Paths of this machine are replaced by their last part: vit, tiny, photos.'])
    const pushed = repositories.get(repository)!.contents()
    expect(JSON.parse(String(pushed['config.json']))).toEqual({
      ...JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')),
      _name_or_path: 'vit',
      dbloss: { original: { model: 'tiny', model_type: 'vit' }, thresholdsFrom: { data: 'photos' } },
    })
    expect(String(pushed['README.md'])).toBe(
      'A head on tiny (features: pooler), trained at photos, not ../somebody/photos/2.',
    )
    expect(readFileSync(join(folder, 'README.md'), 'utf8')).toBe(card)
  })

  test('keeps a name on the hub, but not the path of data that looks like one', async () => {
    const dbloss = { original: { model: 'somebody/vit' }, thresholdsFrom: { data: 'customers/photos' } }
    const { files, notes } = await filesToPush(await savedModel({ ...savedConfig, dbloss }))
    const { content } = files.find(({ path }) => path === 'config.json')!
    expect(JSON.parse(await (content as Blob).text()).dbloss).toEqual({ ...dbloss, thresholdsFrom: { data: 'photos' } })
    expect(notes).toEqual(['Paths of this machine are replaced by their last part: photos.'])
  })

  test('says when predictions name pictures by their paths', async () => {
    const folder = await savedModel()
    const file = join(folder, 'predictions.jsonl')
    writeFileSync(file, readFileSync(file, 'utf8').replace('beach.jpg', '/home/somebody/beach.jpg'))
    const { notes } = await filesToPush(folder, { withPredictions: true })
    expect(notes).toEqual(['predictions.jsonl names 1 pictures, 1 of them by their paths on this machine.'])
  })
})
