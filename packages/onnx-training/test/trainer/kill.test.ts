import { spawn } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'
import { createRandom } from '@dbloss/core'
import { expect, test } from 'vitest'
import { temporaryFolder } from '../../../../test-support/temporary-folder.ts'

const kills = Number(process.env.DBLOSS_KILLS ?? 3)
const program = fileURLToPath(new URL('./support/train-until-killed.ts', import.meta.url))
const nodeOptions = ['--conditions', '@dbloss/source', '--import', import.meta.resolve('tsx')]

/** How a process of the training ended. */
interface Life {
  readonly firstStep: number
  readonly killed: boolean
}

/** When to kill: some milliseconds after some checkpoints of this process. */
interface Moment {
  readonly checkpoints: number
  readonly milliseconds: number
}

/** Lets the training go on from its checkpoint, until it is killed or done. */
async function live(checkpoint: string, result: string, killAt?: Moment): Promise<Life> {
  const child = spawn(process.execPath, [...nodeOptions, program, checkpoint, result], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  const ended = new Promise<readonly [code: number | null, signal: string | null]>((resolve) =>
    child.on('close', (code, signal) => resolve([code, signal])),
  )
  let firstStep = Number.NaN
  let checkpoints = -1
  for await (const line of createInterface({ input: child.stdout })) {
    const [word, number] = line.split(' ')
    if (word === 'from') firstStep = Number(number)
    if (word === 'from' || word === 'checkpoint') checkpoints++
    if (checkpoints === killAt?.checkpoints) setTimeout(() => child.kill('SIGKILL'), killAt.milliseconds)
  }
  const [code, signal] = await ended
  expect(signal === 'SIGKILL' || code === 0, `exit code ${code}, ${signal}`).toBe(true)
  return { firstStep, killed: signal === 'SIGKILL' }
}

test(`a training that is killed ${kills} times ends with the weights of one that is not`, {
  timeout: 60_000 + kills * 20_000,
}, async () => {
  const folder = temporaryFolder()
  const [checkpoint, result] = [join(folder, 'checkpoint.safetensors'), join(folder, 'model.onnx')]
  await live(join(folder, 'whole.safetensors'), join(folder, 'whole.onnx'))
  const expected = readFileSync(join(folder, 'whole.onnx'))
  const expectedState = readFileSync(join(folder, 'whole.safetensors'))

  const random = createRandom(kills)
  const firstSteps: number[] = []
  let killed = 0
  let ended = 0
  while (killed < kills || !existsSync(result)) {
    // A training that is done before all kills begins anew.
    if (existsSync(result)) for (const path of [checkpoint, result]) rmSync(path)
    // A few milliseconds go over steps, the writing of a checkpoint and its renaming.
    const moment = { checkpoints: random.integer(8), milliseconds: 15 * random.next() }
    const life = await live(checkpoint, result, killed < kills ? moment : undefined)
    firstSteps.push(life.firstStep)
    if (life.killed) killed++
    if (!existsSync(result)) continue
    ended++
    expect(readFileSync(result).equals(expected), 'the weights').toBe(true)
    expect(readFileSync(checkpoint).equals(expectedState), 'the whole state').toBe(true)
  }
  expect(ended).toBeGreaterThan(0)
  // It did go on, and not just begin again.
  expect(Math.max(...firstSteps)).toBeGreaterThan(0)
  // What killed processes have left half written is gone.
  expect(readdirSync(folder).sort()).toEqual([
    'checkpoint.safetensors',
    'model.onnx',
    'whole.onnx',
    'whole.safetensors',
  ])
})
