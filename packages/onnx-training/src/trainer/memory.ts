import { elementCountOf } from '../differentiation/shapes.ts'
import { elementCount } from '../element-count.ts'
import type { StateTensor } from '../optimizer-graph.ts'
import type { TrainingMemory } from './trainer.ts'
import type { TrainingPlan } from './training-plan.ts'

/** Counts what a training keeps. */
export function trainingMemory(plan: TrainingPlan, stateTensors: readonly StateTensor[]): TrainingMemory {
  const bytesPerNumber = plan.precision === 'float64' ? 8 : 4
  const bytesOf = (tensors: readonly { readonly shape: readonly number[] }[]): number =>
    tensors.reduce((sum, { shape }) => sum + bytesPerNumber * elementCount(shape), 0)
  const weights = bytesOf(plan.trained)
  return {
    weights,
    optimizer: bytesOf(stateTensors) - weights,
    activationsPerSample: bytesPerNumber * Math.max(...plan.segments.map((_, index) => keptElements(plan, index))),
    peakResident: peakResident(),
  }
}

/** The values of a stretch, and what the stretches hand on. */
function keptElements({ segments, part, probed }: TrainingPlan, index: number): number {
  const inside = segments[index]!.nodes.flatMap(({ output }) => output).filter((name) => part.active.has(name))
  const borders = segments.slice(0, -1).map(({ carriedOut }) => carriedOut)
  return [...new Set([...inside, ...borders])].reduce((sum, name) => {
    const count = elementCountOf(probed.values.shape(name))
    return sum + (typeof count === 'number' ? 0 : count.perSample)
  }, 0)
}

function peakResident(): number | undefined {
  const { process } = globalThis as { process?: { resourceUsage?: () => { readonly maxRSS: number } } }
  const usage = process?.resourceUsage?.()
  // In kibibytes.
  return usage === undefined ? undefined : usage.maxRSS * 1024
}
