export { type AsymmetricLossOptions, type AsymmetricOptions, asymmetricLoss } from './asymmetric.ts'
export { type HillLossOptions, type HillOptions, hillLoss } from './hill.ts'
