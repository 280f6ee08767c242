/** Measures one loss at one size for the benchmark of kernels: the request is the first argument, the answer is printed. */
import { kernelCases } from './cases.ts'
import type { SizeRequest } from './measure-in-process.ts'
import { measureSize } from './measure-size.ts'
import { TorchProcess } from './torch-process.ts'

const { name, batchSize, classCount, torch: python } = JSON.parse(process.argv[2]!) as SizeRequest
const kernelCase = kernelCases.find((known) => known.name === name)!
const torch = python && new TorchProcess(python)
const times = await measureSize(kernelCase, batchSize, classCount, torch)
torch?.stop()
console.log(JSON.stringify([...times]))
