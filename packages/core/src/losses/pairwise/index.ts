export { type TwoWayOptions, twoWayLoss } from './two-way.ts'
export { type ZlprOptions, zlprLoss } from './zlpr.ts'
