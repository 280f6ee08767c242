export { type ClassIncrementalOptions, classIncrementalLoss } from './class-incremental.ts'
export { maximumEntropyRegularizer } from './maximum-entropy.ts'
