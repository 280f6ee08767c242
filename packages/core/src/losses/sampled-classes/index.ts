export type { SampledClassesOptions } from './options.ts'
export { sampledLogisticLoss } from './sampled-logistic.ts'
export { sampledSoftmaxLoss } from './sampled-softmax.ts'
