import { createHash } from 'node:crypto'
import { decodeSafetensors, encodeSafetensors } from '@dbloss/onnx-training'

/** Feature vectors by the key of their image: 64 hexadecimal digits. */
export type FeatureRows = ReadonlyMap<string, Float32Array>

const format = 'dbloss-features-1'
const keyBytes = 32

/** The file of a shard. Its name is the SHA-256 of its content, so that damage shows. */
export interface EncodedShard {
  readonly name: string
  readonly chunks: readonly Uint8Array[]
}

const extension = '.safetensors'

/** Whether a file has the name of a shard. */
export function isShardName(name: string): boolean {
  return name.length === 2 * keyBytes + extension.length && name.endsWith(extension)
}

/** Writes rows as a safetensors file of `features` [rows, featureCount] in float32 and `keys` [rows, 32] in bytes. */
export function encodeShard(rows: FeatureRows, featureCount: number, fingerprint: string): EncodedShard {
  const features = new Float32Array(rows.size * featureCount)
  const keys = new Uint8Array(rows.size * keyBytes)
  let row = 0
  for (const [key, values] of rows) {
    features.set(values, row * featureCount)
    keys.set(Buffer.from(key, 'hex'), row * keyBytes)
    row++
  }
  const chunks = encodeSafetensors(
    {
      features: { dtype: 'F32', shape: [rows.size, featureCount], data: features },
      keys: { dtype: 'U8', shape: [rows.size, keyBytes], data: keys },
    },
    { format, backbone: fingerprint },
  )
  return { name: hashOf(chunks) + extension, chunks }
}

/**
 * The rows of a shard.
 *
 * @returns undefined when the content is not what was written under this name, or of another backbone.
 */
export function decodeShard(
  name: string,
  bytes: Uint8Array,
  featureCount: number,
  fingerprint: string,
): FeatureRows | undefined {
  if (name !== hashOf([bytes]) + extension) return undefined
  const { tensors, metadata } = decodeSafetensors(bytes)
  if (metadata.format !== format || metadata.backbone !== fingerprint) return undefined
  const features = tensors.features!.data as Float32Array
  const keys = Buffer.from(tensors.keys!.data as Uint8Array)
  const rowOf = (row: number): [string, Float32Array] => [
    keys.toString('hex', row * keyBytes, (row + 1) * keyBytes),
    features.subarray(row * featureCount, (row + 1) * featureCount),
  ]
  return new Map(Array.from({ length: keys.length / keyBytes }, (_, row) => rowOf(row)))
}

function hashOf(chunks: readonly Uint8Array[]): string {
  const hash = createHash('sha256')
  for (const chunk of chunks) hash.update(chunk)
  return hash.digest('hex')
}
