/** Runs kernels in a page: the suite, and one batch that a test compares with Node. */
import { runConformance } from '@dbloss/conformance'
import { compileJavaScriptKernel, wasmAdapter } from '../../src/index.ts'
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

globalThis.runSuite = () => runConformance({ adapter: wasmAdapter, onStart: globalThis.checkStarts })
