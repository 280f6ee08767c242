export { type TfjsAdapterOptions, tfjsAdapter } from './adapter.ts'
export {
  type DifferentiableLoss,
  type DifferentiableLossOptions,
  differentiableLoss,
  type OutputTensors,
} from './differentiable-loss.ts'
export { toTfjsLoss } from './to-tfjs-loss.ts'
