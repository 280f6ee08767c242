export { templateAdapter } from './adapter.ts'
