export { type AdjustLogitsOptions, adjustLogits } from './adjust-logits.ts'
export { type BalancedSoftmaxOptions, balancedSoftmaxLoss } from './balanced-softmax.ts'
export { type LogitAdjustedSigmoidOptions, logitAdjustedSigmoidLoss } from './logit-adjusted-sigmoid.ts'
export { type LogitAdjustedSoftmaxOptions, logitAdjustedSoftmaxLoss } from './logit-adjusted-softmax.ts'
