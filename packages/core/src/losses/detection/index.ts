export { type DropOptions, dropLoss } from './drop.ts'
export { type EqualizationOptions, equalizationLoss } from './equalization.ts'
export type { RareClassOptions } from './rare-classes.ts'
