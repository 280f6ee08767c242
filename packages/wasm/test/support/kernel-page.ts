/** Runs kernels in a page: the suite, and one batch that a test compares with Node. */
import { runConformance } from '@dbloss/conformance'
import { binaryCrossEntropy } from '@dbloss/core'
import { compileJavaScriptKernel, compileKernel, startKernelThreads, wasmAdapter } from '../../src/index.ts'
import { evaluateBatch, sampleLoss } from './sample-batch.ts'

/** What the page itself can do: what a debugger asks a page to do may be allowed more. */
interface PageOutcome {
  /** Value and gradient of the sample by WebAssembly, or the message of the error. */
  readonly sample: ReturnType<typeof evaluateBatch> | string
  /** The value of the sample's loss by a JavaScript kernel for one row of 0, or the message of the error. */
  readonly text: number | string
}

declare global {
  var outcome: PageOutcome
  /** The value of a batch by two threads and by one, or the message of the error. */
  var evaluateInThreads: () => Promise<readonly [number, number] | string>
}

function attempt<T>(run: () => T): T | string {
  try {
    return run()
  } catch (error) {
    return (error as Error).message
  }
}

globalThis.outcome = {
  sample: attempt(evaluateBatch),
  text: attempt(() => {
    const kernel = compileJavaScriptKernel(sampleLoss)
    const zeros = new Float32Array(kernel.classCount)
    return kernel.evaluate(zeros, zeros)
  }),
}

globalThis.evaluateInThreads = async () => {
  const logits = Float32Array.from({ length: 200 * 333 }, (_, index) => Math.sin(index))
  const labels = logits.map((_, index) => Number(index % 7 === 0))
  try {
    // In one task: the workers get their kernel while this thread waits for them.
    const threads = await startKernelThreads(2)
    const options = [{ threads }, {}].map((each) => ({ ...each, classCount: 333 }))
    const [together, alone] = options.map((each) => compileKernel(binaryCrossEntropy(), each).evaluate(logits, labels))
    await threads.dispose()
    return [together!, alone!]
  } catch (error) {
    return (error as Error).message
  }
}

globalThis.runSuite = () => runConformance({ adapter: wasmAdapter, onStart: globalThis.checkStarts })
