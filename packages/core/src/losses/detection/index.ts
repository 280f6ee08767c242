export { type DropOptions, dropLoss } from './drop.ts'
export { type EqualizationOptions, equalizationLoss } from './equalization.ts'
export { type EqualizationV2Options, equalizationLossV2 } from './equalization-v2.ts'
export type { RareClassOptions } from './rare-classes.ts'
