import { distributionBalancedLoss, type LabelStatistics, lossProgram } from '@dbloss/core'
import { compileKernel } from '@dbloss/wasm'
import { measured } from '../data.ts'
import { median } from '../median.ts'

/** Milliseconds until a kernel can be called. */
interface CompileTime {
  /** Deriving the program: the formulas of the gradient, simplified. */
  readonly program: number
  /** Writing the module and compiling it by the platform. */
  readonly module: number
}

/** The first kernel of a process, for which the code that compiles is itself not compiled yet, and the median of later ones. */
export interface CompileTimes {
  readonly first: CompileTime
  readonly later: CompileTime
  /** Bytes of the WebAssembly module. */
  readonly moduleSize: number
}

const repeats = 25

/** Call it before any other kernel is compiled. */
export function compileTimes(statistics: LabelStatistics): CompileTimes {
  let moduleSize = 0
  // A loss of its own each time: known losses keep their programs and kernels, and the platform keeps modules that are equal.
  const times = Array.from({ length: repeats }, (_, index): CompileTime => {
    const loss = distributionBalancedLoss(statistics, { ...measured, alpha: measured.alpha * (1 + index / repeats) })
    const started = performance.now()
    lossProgram(loss, { labels: 'hard' })
    const derived = performance.now()
    ;({ moduleSize } = compileKernel(loss, { labels: 'hard' }))
    return { program: derived - started, module: performance.now() - derived }
  })
  const [first, ...later] = times
  return {
    first: first!,
    later: {
      program: median(later.map(({ program }) => program)),
      module: median(later.map(({ module }) => module)),
    },
    moduleSize,
  }
}
