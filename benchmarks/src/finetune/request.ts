/** What is measured in both languages. */
export interface FineTuneRequest {
  readonly threads: number
  readonly batchSize: number
  readonly classCount: number
  readonly repeats: number
  /** A regular expression for the names of the weights that are trained. */
  readonly trainable: string
}

/** What both languages print. */
export interface FineTuneTimes {
  /** The median of a step: forward through the whole model, loss, backward through the trained part, optimizer. */
  readonly ms: number
  /** The same without the frozen part, whose results were kept. */
  readonly msPrecomputed?: number
  readonly trainedParameters: number
  /** What language and libraries take. */
  readonly memoryBeforeModelMiB: number
  readonly peakMemoryMiB: number
}

/** What PyTorch prints besides. */
export interface TorchFineTuneTimes extends FineTuneTimes {
  readonly version: string
  readonly threads: number
  /** The library that multiplies its matrices. */
  readonly matrixProducts: string
}
