import { join } from 'node:path'
import { env } from '@huggingface/transformers'
import { afterEach, describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../../test-support/temporary-folder.ts'
import { loadBackbone } from '../../src/index.ts'
import { localHub } from '../support/local-hub.ts'
import { featureCount, poolerModel, writeModel } from '../support/models.ts'

const original = { remoteHost: env.remoteHost, cacheDir: env.cacheDir }
afterEach(() => Object.assign(env, original))

/** A hub that has the model `someone/tiny`, for transformers.js; the requests that it gets. */
async function hubWithBackbone(): Promise<readonly string[]> {
  const { addModel, url, requests } = await localHub()
  addModel('someone/tiny', writeModel(join(temporaryFolder(), 'tiny'), poolerModel()))
  env.remoteHost = `${url}/`
  env.cacheDir = temporaryFolder()
  return requests
}

describe('a backbone from the hub', () => {
  test('is downloaded by transformers.js, once, and its features are found', async () => {
    const requests = await hubWithBackbone()
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
    await hubWithBackbone()
    await expect(loadBackbone('someone/else')).rejects.toMatchObject({
      name: 'DblossError',
      code: 'model',
      message: expect.stringContaining('someone/else is no local folder and cannot be loaded from the hub'),
    })
  })
})
