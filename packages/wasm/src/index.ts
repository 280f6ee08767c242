export { wasmAdapter } from './adapter.ts'
export { compileKernel } from './compile-kernel.ts'
export type { Kernel, KernelArguments, KernelArrayOutput, KernelArrays, KernelOptions, KernelOutput } from './kernel.ts'
export { type KernelThreads, startKernelThreads } from './threads/kernel-threads.ts'
