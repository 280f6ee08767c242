import { writeFileSync } from 'node:fs'
import { createServer, type RequestListener } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { DblossError } from '@dbloss/core'
import { describe, expect, onTestFinished, test } from 'vitest'
import { temporaryFolder } from '../../../../test-support/temporary-folder.ts'
import { readImageBytes } from '../../src/data/read-image-bytes.ts'

const bytes = Uint8Array.of(1, 2, 3)

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/a%20b.png`
}

describe('files', () => {
  test('are read as they are', async () => {
    const path = join(temporaryFolder(), 'a.png')
    writeFileSync(path, bytes)
    expect([...(await readImageBytes({ path }))]).toEqual([1, 2, 3])
  })

  test('that are missing or empty are named', async () => {
    const path = join(temporaryFolder(), 'a.png')
    await expect(readImageBytes({ path })).rejects.toMatchObject({
      code: 'data',
      argument: path,
      message: expect.stringMatching(/a\.png cannot be read: ENOENT/),
    })
    writeFileSync(path, '')
    await expect(readImageBytes({ path })).rejects.toThrow(/a\.png is empty; expected an encoded image/)
  })
})

describe('an own reader', () => {
  test('comes first, whatever the path looks like', async () => {
    await expect(readImageBytes({ path: 'http://127.0.0.1:1/', read: async () => bytes })).resolves.toBe(bytes)
  })

  test('that fails is named; an error of dbloss stays what it is', async () => {
    const failing = (error: Error) => ({ path: 'a.parquet row 3', read: () => Promise.reject(error) })
    await expect(readImageBytes(failing(new Error('oops')))).rejects.toThrow(/a\.parquet row 3 cannot be read: oops/)
    const own = new DblossError('data', 'told well')
    await expect(readImageBytes(failing(own))).rejects.toBe(own)
  })
})

describe('web addresses', () => {
  test('are fetched', async () => {
    const url = await serve((request, response) => response.end(request.url === '/a%20b.png' ? bytes : 'no'))
    expect([...(await readImageBytes({ path: url }))]).toEqual([1, 2, 3])
  })

  test('answers other than success are errors with the status', async () => {
    const url = await serve((_, response) => response.writeHead(404).end('not here'))
    await expect(readImageBytes({ path: url })).rejects.toMatchObject({
      code: 'data',
      found: 404,
      message: `${url} is answered with 404 Not Found; expected status 200`,
    })
  })

  test('a server that takes too long, also in the middle', async () => {
    for (const begin of [false, true]) {
      const url = await serve((_, response) => {
        if (begin) response.writeHead(200, { 'content-length': 10 }).write('ab')
      })
      await expect(readImageBytes({ path: url }, { timeoutMs: 100 })).rejects.toMatchObject({
        code: 'data',
        message: expect.stringMatching(/has not come within 0.1 s/),
      })
    }
  })

  test('a server that is not there or breaks off says why', async () => {
    const url = await serve((_, response) =>
      response.writeHead(200, { 'content-length': 10 }).write('ab', () => response.destroy()),
    )
    await expect(readImageBytes({ path: url })).rejects.toMatchObject({ code: 'data' })
    await expect(readImageBytes({ path: 'http://127.0.0.1:1/' })).rejects.toMatchObject({
      code: 'data',
      message: expect.stringMatching(/cannot be read: (bad port|connect ECONNREFUSED)/),
    })
  })

  test('end with the reason of an abort', async () => {
    const controller = new AbortController()
    const reason = new Error('enough')
    const url = await serve(() => controller.abort(reason))
    await expect(readImageBytes({ path: url }, { signal: controller.signal })).rejects.toBe(reason)
    await expect(readImageBytes({ path: url }, { signal: controller.signal })).rejects.toBe(reason)
  })
})
