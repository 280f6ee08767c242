import { type Answer, type LocalRequest, type Route, rangeOf, sha256 } from './local-server.ts'

/** Large files go in parts of so many bytes; smaller ones at once. */
const partSize = 1000

/** Where a hub keeps large files, by their hashes: Git LFS with the parts that are the hub's own. */
export class HubStorage {
  readonly objects = new Map<string, Buffer>()
  readonly #parts = new Map<string, Buffer>()

  /** What the storage answers on a server of its own. */
  readonly routes: readonly Route[] = [
    ['PUT', '/objects/([0-9a-f]{64})', ({ body }, oid = '') => this.#store(oid, body)],
    [
      'PUT',
      '/objects/([0-9a-f]{64})/(\\d+)',
      ({ body }, oid, part) => {
        this.#parts.set(`${oid}/${part}`, body)
        return { headers: { etag: sha256(body) } }
      },
    ],
    ['POST', '/objects/([0-9a-f]{64})', (request, oid = '') => this.#complete(request, oid)],
    ['GET', '/objects/([0-9a-f]{64})', (request, oid = '') => rangeOf(request, this.objects.get(oid)!)],
  ]

  /** Says where files go that are not here yet: the answer to a batch of Git LFS. */
  announce({ body }: LocalRequest, storageUrl: string): Answer {
    const { objects, operation } = JSON.parse(String(body))
    if (operation !== 'upload') return { status: 422, body: { error: `operation ${operation}` } }
    const answers = objects.map(({ oid, size }: { oid: string; size: number }) => {
      if (this.objects.has(oid)) return { oid, size }
      const href = `${storageUrl}/objects/${oid}`
      if (size <= partSize) return { oid, size, actions: { upload: { href } } }
      const numbers = Array.from({ length: Math.ceil(size / partSize) }, (_, index) => index + 1)
      const urls = Object.fromEntries(numbers.map((number) => [number, `${href}/${number}`]))
      return { oid, size, actions: { upload: { href, header: { chunk_size: String(partSize), ...urls } } } }
    })
    return { body: { transfer: 'basic', objects: answers } }
  }

  #store(oid: string, bytes: Buffer): Answer {
    if (sha256(bytes) !== oid) return { status: 400, body: { error: 'the content is not what its hash says' } }
    this.objects.set(oid, bytes)
    return {}
  }

  #complete({ body }: LocalRequest, oid: string): Answer {
    const { parts } = JSON.parse(String(body)) as { parts: { partNumber: number; etag: string }[] }
    const content = parts.map(({ partNumber }) => this.#parts.get(`${oid}/${partNumber}`)!)
    const isComplete = parts.every(({ etag }, index) => sha256(content[index]!) === etag)
    return isComplete ? this.#store(oid, Buffer.concat(content)) : { status: 400, body: { error: 'bad etag' } }
  }
}
