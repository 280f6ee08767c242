/** Fine-tunes as a process of its own: `fine-tune-program.ts OPTIONS`, the options being JSON. An error is one line, its code first. */
import { isDblossError } from '@dbloss/core'
import { fineTune } from '../../../src/fine-tuning/fine-tune.ts'
import type { FineTuneOptions } from '../../../src/fine-tuning/options.ts'

const options: FineTuneOptions = JSON.parse(process.argv[2]!)

try {
  await fineTune(options)
} catch (error) {
  if (!isDblossError(error)) throw error
  console.log(`${error.code} ${error.message}`)
}
