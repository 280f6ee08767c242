import { html } from '@dbloss/example-tfjs-browser/view/elements'
import { batchSize, type FineTuning } from '../fine-tuning.ts'

/** How long steps take, and how large what is trained is. */
export function showFacts(container: Element, { stepCount, stepTime, trained }: FineTuning): void {
  const { tensors, memory } = trained
  const facts = {
    'Time a step': stepCount === 0 ? '–' : milliseconds(stepTime),
    'Pictures shown': stepCount === 0 ? '–' : `${stepCount} × ${batchSize}`,
    Trained: `${tensors} tensors, ${mebibytes(memory.weights)}`,
    Optimizer: `${mebibytes(memory.optimizer)} of moments and averages`,
    'A step keeps': `at most ${mebibytes(batchSize * memory.activationsPerSample)} of activations`,
  }
  container.replaceChildren(
    ...Object.entries(facts).flatMap(([name, value]) => [html('dt', {}, name), html('dd', {}, value)]),
  )
}

/** `28 ms` */
export function milliseconds(value: number): string {
  return `${value.toFixed(value < 10 ? 1 : 0)} ms`
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(2)} MiB`
}
