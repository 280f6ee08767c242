import { join } from 'node:path'
import { temporaryFolder } from '../../../../../test-support/temporary-folder.ts'
import type { FineTuneOptions } from '../../../src/fine-tuning/options.ts'
import { poolerModel, writeModel } from '../../support/models.ts'
import { cycle, writePictures } from '../../support/pictures.ts'

/** Label sets that the pictures go through. */
const labelSets = [['red'], ['green'], ['red', 'blue'], [], ['blue'], ['green', 'red']] as const

/** Options whose data and output are folders. */
export interface FolderOptions extends FineTuneOptions {
  readonly data: string
  readonly output: string
}

/** A folder with `train` (36 pictures), `test` (12), perhaps `validation` (12), a model, and where the result goes. */
export async function setUp({
  bytes = poolerModel(),
  withValidation = true,
}: {
  readonly bytes?: Uint8Array
  readonly withValidation?: boolean
} = {}): Promise<FolderOptions> {
  const root = temporaryFolder()
  await writePictures(join(root, 'photos/train'), cycle(36, labelSets))
  await writePictures(join(root, 'photos/test'), cycle(12, labelSets))
  if (withValidation) await writePictures(join(root, 'photos/validation'), cycle(12, labelSets))
  return {
    model: writeModel(join(root, 'backbone'), bytes),
    data: join(root, 'photos'),
    output: join(root, 'model'),
    epochs: 12,
    learningRate: 0.05,
    batchSize: 16,
    seed: 3,
  }
}
