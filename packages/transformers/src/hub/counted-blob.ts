/** A blob that tells how many of its bytes have been read; what is read again is counted once. */
class CountedBlob extends Blob {
  override readonly size: number
  readonly #content: Blob
  readonly #onRead: (bytes: number) => void
  #read = 0

  /** @param onRead gets the bytes that were read since its last call; less than 0 when reading begins again. */
  constructor(content: Blob, onRead: (bytes: number) => void) {
    super([], { type: content.type })
    this.size = content.size
    this.#content = content
    this.#onRead = onRead
  }

  override stream(): ReturnType<Blob['stream']> {
    this.#count(-this.#read)
    const counter = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
      transform: (chunk, controller) => {
        this.#count(chunk.length)
        controller.enqueue(chunk)
      },
    })
    return this.#content.stream().pipeThrough(counter)
  }

  #count(bytes: number): void {
    this.#read += bytes
    this.#onRead(bytes)
  }
}

/** `fetch` that tells of the bytes of files that it sends. */
export function countingFetch(fetch: typeof globalThis.fetch, onSent: (bytes: number) => void): typeof fetch {
  return (input, init) =>
    init?.body instanceof Blob
      ? fetch(input, { ...init, body: new CountedBlob(init.body, onSent) })
      : fetch(input, init)
}
