import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { env } from '@huggingface/transformers'
import { afterEach, describe, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../../test-support/temporary-folder.ts'
import { loadBackbone } from '../src/index.ts'
import { featureCount, poolerModel, writeModel } from './support/models.ts'

const original = { remoteHost: env.remoteHost, cacheDir: env.cacheDir }
afterEach(() => Object.assign(env, original))

/** A hub on this machine that has one model, `someone/tiny`, and counts what is asked of it. */
async function localHub(folder: string): Promise<{ readonly requests: string[] }> {
  const requests: string[] = []
  const server = createServer((request, response) => {
    const path = decodeURIComponent(request.url ?? '').split('?')[0]!
    requests.push(path)
    const file = path.match(/^\/someone\/tiny\/resolve\/main\/(.+)$/)?.[1]
    try {
      const content = readFileSync(join(folder, file ?? 'nothing'))
      response.writeHead(200, { 'content-length': content.length }).end(request.method === 'HEAD' ? undefined : content)
    } catch {
      response.writeHead(404).end('not found')
    }
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => void server.close())
  env.remoteHost = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`
  env.cacheDir = temporaryFolder()
  return { requests }
}

describe('a backbone from the hub', () => {
  test('is downloaded by transformers.js, once, and its features are found', async () => {
    const { requests } = await localHub(writeModel(join(temporaryFolder(), 'tiny'), poolerModel()))
    const backbone = await loadBackbone('someone/tiny')
    expect(backbone).toMatchObject({ name: 'someone/tiny', featureCount })
    expect(backbone.graph.description).toBe('pooler_output')
    await backbone.dispose()
    expect(requests.filter((path) => path.endsWith('onnx/model.onnx')).length).toBeGreaterThan(0)

    const downloads = requests.length
    await (await loadBackbone('someone/tiny')).dispose()
    expect(requests.slice(downloads).filter((path) => path.endsWith('.onnx'))).toEqual([])
  })

  test('that the hub does not have is an error that names it', async () => {
    await localHub(writeModel(join(temporaryFolder(), 'tiny'), poolerModel()))
    await expect(loadBackbone('someone/else')).rejects.toMatchObject({
      name: 'DblossError',
      code: 'model',
      message: expect.stringContaining('someone/else is no local folder and cannot be loaded from the hub'),
    })
  })
})
