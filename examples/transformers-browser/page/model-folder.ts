import { env } from './runtime.ts'

/** The files of a model, by their paths in its folder. */
export interface ModelFolder {
  /** @throws Error when the file is not there. */
  read(path: string, onShare?: (share: number) => void): Promise<Uint8Array<ArrayBuffer>>
}

/**
 * Finds a model where transformers.js does: in the folder `models` beside the page, else on the hub.
 *
 * @throws Error when it is in neither place.
 */
export async function findModel(name: string): Promise<ModelFolder> {
  if (!/^[\w.-]+(\/[\w.-]+)?$/.test(name))
    throw new Error(`'${name}' is no name of a model, as onnx-community/dinov2-small.`)
  const remotePath = env.remotePathTemplate.replace('{model}', name).replace('{revision}', 'main')
  for (const folder of [`${env.localModelPath}${name}/`, `${env.remoteHost}${remotePath}`]) {
    const response = await fetch(`${folder}config.json`).catch(() => undefined)
    if (response?.ok) return { read: (path, onShare) => read(new URL(path, folder), onShare) }
  }
  throw new Error(`The backbone '${name}' is neither in the folder models/ nor can it be loaded from the hub.`)
}

async function read(url: URL, onShare: (share: number) => void = () => {}): Promise<Uint8Array<ArrayBuffer>> {
  const response = await responseOf(url)
  const total = Number(response.headers.get('content-length'))
  const chunks: Uint8Array<ArrayBuffer>[] = []
  let length = 0
  for await (const chunk of streamOf(response)) {
    chunks.push(chunk)
    length += chunk.length
    if (total > 0) onShare(Math.min(1, length / total))
  }
  return new Uint8Array(await new Blob(chunks).arrayBuffer())
}

/** Files of the hub are kept in the cache that transformers.js has for them. */
async function responseOf(url: URL): Promise<Response> {
  const cache = url.href.startsWith(env.remoteHost) ? await caches.open(env.cacheKey) : undefined
  const kept = await cache?.match(url.href)
  if (kept !== undefined) return kept
  const response = await fetch(url)
  if (!response.ok) throw new Error(`${url.href} cannot be loaded: ${response.status} ${response.statusText}`)
  await cache?.put(url.href, response.clone())
  return response
}

/** Not all browsers let a stream be iterated. */
async function* streamOf({ body }: Response): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  const reader = body!.getReader()
  for (;;) {
    const { done, value } = await reader.read()
    if (done) return
    yield value
  }
}
