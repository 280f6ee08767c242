export { wasmAdapter } from './adapter.ts'
export {
  compileKernel,
  type Kernel,
  type KernelArguments,
  type KernelArrays,
  type KernelOptions,
} from './compile-kernel.ts'
export type { KernelOutput } from './kernel/layout.ts'
