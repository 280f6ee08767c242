import type { OrtTensor } from './ort.ts'

/** Smaller arrays are not worth a call. */
const SMALLEST = 2 ** 16

/**
 * Frees tensors that a runtime has made and that nobody else holds, at once. Those in main memory would otherwise stay until
 * they are collected, which happens too late: the collector does not see how large they are.
 */
export function freeTensors(tensors: Iterable<OrtTensor>): void {
  const buffers = new Set<ArrayBuffer>()
  for (const tensor of tensors) {
    const buffer = ownBuffer(tensor)
    if (buffer !== undefined && buffer.byteLength >= SMALLEST) buffers.add(buffer)
    tensor.dispose?.()
  }
  if (buffers.size > 0) freeBuffers([...buffers])
}

/** The buffer of a tensor in main memory that is not part of a larger one. */
function ownBuffer(tensor: OrtTensor): ArrayBuffer | undefined {
  // Reading the data of a device's tensor throws.
  if (tensor.location !== undefined && tensor.location !== 'cpu') return undefined
  const { data } = tensor
  if (!ArrayBuffer.isView(data) || !(data.buffer instanceof ArrayBuffer)) return undefined
  return data.byteLength === data.buffer.byteLength ? data.buffer : undefined
}

let closed: InstanceType<typeof MessageChannel>['port1'] | undefined

/** Sends buffers to a port that nobody listens at, which drops them: Node 20 has no `ArrayBuffer.prototype.transfer`. */
function freeBuffers(buffers: ArrayBuffer[]): void {
  if (closed === undefined) {
    const { port1, port2 } = new MessageChannel()
    port2.close()
    closed = port1
  }
  closed.postMessage(undefined, buffers)
}
