export { type LdamOptions, ldamLoss } from './ldam.ts'
