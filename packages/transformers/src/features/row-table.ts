import { DblossError } from '@dbloss/core'
import type { Backbone } from '../backbone/backbone.ts'
import type { FeatureCache } from './feature-cache.ts'
import type { LoadedImage } from './load-image.ts'
import type { PixelValues } from './pixel-values.ts'

/** An image that waits for its batch, and the rows that its features go to. */
interface Pending {
  readonly pixels: PixelValues
  readonly path: string
  readonly rows: Float32Array[]
}

/** The features of the photographs and of each variant, as they are filled from the cache and by the model. */
export class RowTable {
  readonly #backbone: Backbone
  readonly #cache: FeatureCache | undefined
  readonly #tables: readonly Float32Array[]
  /** By key, in the order in which images were placed: equal images are computed once. */
  readonly #pending = new Map<string, Pending>()

  /** @param tableCount 1, and one for each variant. */
  constructor(backbone: Backbone, rowCount: number, tableCount: number, cache: FeatureCache | undefined) {
    this.#backbone = backbone
    this.#cache = cache
    this.#tables = Array.from({ length: tableCount }, () => new Float32Array(rowCount * backbone.featureCount))
  }

  /** How many images wait for the model. */
  get pendingCount(): number {
    return this.#pending.size
  }

  /** Fills the row of an image from the cache, or has it wait for {@link compute}. */
  place(row: number, { keys, pixels }: LoadedImage, path: string): void {
    const { featureCount } = this.#backbone
    for (const [table, key] of keys.entries()) {
      const target = this.#tables[table]!.subarray(row * featureCount, (row + 1) * featureCount)
      const known = this.#cache?.get(key)
      const waiting = this.#pending.get(key)
      if (known !== undefined) target.set(known)
      else if (waiting !== undefined) waiting.rows.push(target)
      else this.#pending.set(key, { pixels: pixels.get(key)!, path, rows: [target] })
    }
  }

  /**
   * Runs the model on the first of the images that wait, at most so many.
   *
   * @throws DblossError `model` for features that are not finite; `output` when the cache cannot be written.
   */
  async compute(largestBatch: number): Promise<void> {
    const batch = [...this.#pending].slice(0, largestBatch)
    if (batch.length === 0) return
    const { featureCount } = this.#backbone
    const features = await this.#backbone.run(batch.map(([, { pixels }]) => pixels))
    for (const [index, [key, { path, rows }]] of batch.entries()) {
      const values = features.subarray(index * featureCount, (index + 1) * featureCount)
      checkFinite(values, path)
      for (const row of rows) row.set(values)
      this.#pending.delete(key)
      this.#cache?.add(key, rows[0]!)
    }
    await this.#cache?.writeWhenDue()
  }

  /** The tables with their first rows alone. */
  tables(rowCount: number): readonly Float32Array[] {
    const length = rowCount * this.#backbone.featureCount
    return this.#tables.map((table) => (table.length === length ? table : table.slice(0, length)))
  }
}

function checkFinite(features: Float32Array, path: string): void {
  const found = features.find((value) => !Number.isFinite(value))
  if (found === undefined) return
  throw new DblossError('model', `the model gives ${found} among the features of ${path}`, {
    argument: 'model',
    found,
    expected: 'finite features',
  })
}
