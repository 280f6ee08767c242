/**
 * Fine-tunes as a process of its own that can be killed: `fine-tune-program.ts OPTIONS`, the options being JSON. Prints a line
 * `epoch RUN PHASE NUMBER` after each epoch. An error is one line, its code first.
 */
import { isDblossError } from '@dbloss/core'
import { fineTune } from '../../../src/fine-tuning/fine-tune.ts'
import type { FineTuneOptions } from '../../../src/fine-tuning/options.ts'

const options: FineTuneOptions = JSON.parse(process.argv[2]!)

try {
  const onEpoch: FineTuneOptions['onEpoch'] = ({ run, phase, epoch }) => console.log(`epoch ${run} ${phase} ${epoch}`)
  await fineTune({ ...options, onEpoch })
} catch (error) {
  if (!isDblossError(error)) throw error
  console.log(`${error.code} ${error.message}`)
}
