import { readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { BlockCheckpoints } from './block-training.ts'
import { progressFrom } from './training-progress.ts'

/**
 * Checkpoints of blocks in a folder. The best state has a file of its own, named by its epoch, which the next progress refers
 * to; only then the one before it goes.
 */
export function blockCheckpoints(folder: string, name: string): BlockCheckpoints {
  const path = join(folder, `${name}.safetensors`)
  const bestName = (epoch: number) => `${name}-best-${epoch}.safetensors`
  return {
    load: async (trainer) => {
      if (!(await isThere(path))) return undefined
      const progress = progressFrom(await trainer.loadCheckpoint(path))
      const bestPath = join(folder, bestName(progress.bestEpoch))
      if (!(await isThere(bestPath))) return { progress, best: undefined }
      await trainer.loadCheckpoint(bestPath)
      const best = await trainer.state()
      await trainer.loadCheckpoint(path)
      return { progress, best }
    },
    saveBest: (trainer, epoch) => trainer.saveCheckpoint(join(folder, bestName(epoch))),
    save: async (trainer, progress) => {
      await trainer.saveCheckpoint(path, progress)
      const outdated = (await readdir(folder)).filter(
        (file) => file.startsWith(`${name}-best-`) && file !== bestName(progress.bestEpoch),
      )
      for (const file of outdated) await rm(join(folder, file), { force: true })
    },
  }
}

async function isThere(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined
}
