export type * from './adapter.ts'
export { checkBatch } from './check-batch.ts'
export { checkNumber, type NumberRange } from './check-number.ts'
export { defineLoss, type FormulaContext, type LossDefinition } from './define-loss.ts'
export { DblossError, type DblossErrorCode, type ErrorDetails, isDblossError } from './errors.ts'
export { type EvaluateOptions, evaluate, type ReferenceEvaluation } from './evaluate-loss.ts'
export { type ExplainedQuantity, explain, type LossExplanation, type Sample } from './explain-loss.ts'
export * from './formula/index.ts'
export {
  type InputSource,
  type InputSourceOptions,
  type ObservedBatch,
  previewInputs,
  type SourcedBatch,
} from './input-source.ts'
export * from './labels/index.ts'
export { lossLatex } from './latex.ts'
export type { Loss, LossOutput, LossProgram, OutputProgram, Reduction } from './loss.ts'
export * from './losses/index.ts'
export * from './metrics/index.ts'
export { lossProgram, outputProgram, type ProgramOptions } from './program.ts'
export { createRandom, type Random, type RandomState } from './random.ts'
