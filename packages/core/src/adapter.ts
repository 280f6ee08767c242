import type { Loss } from './loss.ts'

/** The arithmetic of an adapter; tolerances of the conformance suite follow from it. */
export type Precision = 'float64' | 'float32' | 'float16'

/** Row-major [batchSize, classCount]; the adapter never writes to these arrays. */
export interface Batch {
  readonly logits: Float32Array | Float64Array
  /** 1 positive, 0 negative, between them soft, −1 unknown. */
  readonly labels: Float32Array | Float64Array
  readonly batchSize: number
  /** Further inputs that the loss declares, each of its own extent. */
  readonly inputs?: Readonly<Record<string, Float32Array | Float64Array>>
}

/** What a loss gives for a batch. */
export interface Evaluation {
  readonly value: number
  /** The loss of each element before reduction, [B, C]; absent for losses without elements and for adapters that do not support it. */
  readonly elements?: Float32Array | Float64Array
  /** The derivative of `value` with respect to the logits, [B, C]. */
  readonly gradient: Float32Array | Float64Array
}

/** A loss, ready to run on a target. */
export interface CompiledLoss {
  evaluate(batch: Batch): Promise<Evaluation>
  dispose?(): Promise<void>
}

/**
 * An optimizer as plain data, so that every target can build it. With g the gradient, scaled by
 * `min(1, clipNorm / ‖g‖)` over all parameters where clipping is asked for:
 *
 * - `adamW`: `m ← β₁ m + (1 − β₁) g`, `v ← β₂ v + (1 − β₂) g²`, `W ← W − lr · (m̂ / (√v̂ + ε) + weightDecay · W)` with
 *   `m̂ = m / (1 − β₁ᵗ)`, `v̂ = v / (1 − β₂ᵗ)` at step t = 1, 2, …
 * - `sgd`: `u ← momentum · u + g`, `W ← W − lr · (u + weightDecay · W)`
 */
export type OptimizerSettings =
  | {
      readonly kind: 'adamW'
      readonly learningRate: number
      /** Default 0.9. */
      readonly beta1?: number
      /** Default 0.999. */
      readonly beta2?: number
      /** Default 1e-8. */
      readonly epsilon?: number
      /** Decoupled weight decay of the weights; biases are not decayed. Default 0. */
      readonly weightDecay?: number
      /** Clip the gradient to this global norm. Default: no clipping. */
      readonly clipNorm?: number
    }
  | {
      readonly kind: 'sgd'
      readonly learningRate: number
      /** Default 0. */
      readonly momentum?: number
      /** Decoupled weight decay of the weights; biases are not decayed. Default 0. */
      readonly weightDecay?: number
      /** Clip the gradient to this global norm. Default: no clipping. */
      readonly clipNorm?: number
    }

/** A linear head `logits = features · weights + bias`, trained by the adapter's own optimizer. */
export interface HeadTraining {
  /** One optimizer step; resolves to the loss before the step. */
  step(batch: {
    /** Row-major [batchSize, featureCount]. */
    readonly features: Float32Array
    /** Row-major [batchSize, classCount]. */
    readonly labels: Float32Array
    readonly batchSize: number
  }): Promise<number>
  /** The parameters now: `weights` row-major [featureCount, classCount], `bias` [classCount]. */
  read(): Promise<{ readonly weights: Float32Array | Float64Array; readonly bias: Float32Array | Float64Array }>
  dispose?(): Promise<void>
}

/** The head at the start of its training. */
export interface HeadStart {
  readonly featureCount: number
  readonly classCount: number
  /** Row-major [featureCount, classCount]. */
  readonly weights: Float32Array | Float64Array
  readonly bias: Float32Array | Float64Array
  readonly optimizer: OptimizerSettings
}

/** The contract of a target framework: fulfil it, and every loss runs there. */
export interface Adapter {
  /** Names the framework and its backend, as `tfjs-webgpu`. */
  readonly name: string
  readonly precision: Precision
  /** What the adapter can do beyond the value and the gradient; declared, shown in the conformance table, never silently skipped. */
  readonly supports: { readonly elements: boolean; readonly optimizer: boolean }
  compile(loss: Loss): Promise<CompiledLoss>
  /** Trains a linear head; present exactly when `supports.optimizer`. */
  trainHead?(loss: Loss, start: HeadStart): Promise<HeadTraining>
  dispose?(): Promise<void>
}
