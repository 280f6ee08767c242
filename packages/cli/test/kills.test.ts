import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createRandom } from '@dbloss/core'
import { describe, expect, test } from 'vitest'
import { temporaryFolder } from '../../../test-support/temporary-folder.ts'
import { decodeSafetensors } from '../../onnx-training/src/index.ts'
import { blockModel } from '../../transformers/test/fine-tuning/support/block-model.ts'
import { poolerModel, writeModel } from '../../transformers/test/support/models.ts'
import { cycle, writePictures } from '../../transformers/test/support/pictures.ts'
import { dblossProcess } from './command-process.ts'

const kills = Number(process.env.DBLOSS_KILLS ?? 3)
/** Of the moments; a proof in parts takes others for each. */
const seed = Number(process.env.DBLOSS_KILLS_SEED ?? kills)
const timeout = 120_000 + kills * 20_000
const labelSets = [['red'], ['green'], ['red', 'blue'], [], ['blue'], ['green', 'red']] as const

/** How a life of the command went. */
interface Life {
  readonly killed: boolean
  /** The lines of progress: one for each quarter of each phase that it went through. */
  readonly lines: number
}

/** When to kill: some milliseconds after so many quarters of the phases are done, by this life or those before. */
interface Moment {
  readonly quarters: number
  readonly milliseconds: number
}

/** The phases of a command in their order. */
type Phases = readonly string[]

/** Runs the command until it is done or killed. */
async function live(argv: readonly string[], phases: Phases, killAt?: Moment): Promise<Life> {
  let lines = 0
  let timer: NodeJS.Timeout | undefined
  const { code, signal, stderr } = await dblossProcess(argv, (child) => {
    createInterface({ input: child.stderr! }).on('line', (line) => {
      const [, phase = '', done, total] = /^(\w+): (\d+)\/(\d+)/.exec(line) ?? []
      if (phase !== '') lines++
      const quarters = phase === '' ? 0 : 4 * phases.indexOf(phase) + Math.floor((4 * Number(done)) / Number(total))
      if (killAt !== undefined && quarters >= killAt.quarters) {
        timer ??= setTimeout(() => child.kill('SIGKILL'), killAt.milliseconds)
      }
    })
  })
  clearTimeout(timer)
  expect(signal === 'SIGKILL' || code === 0, `exit code ${code}, ${signal}: ${stderr}`).toBe(true)
  return { killed: signal === 'SIGKILL', lines }
}

/** Kills a command at random moments; when it has come to its end, it is checked and begins anew, in a round of its own. */
async function liveAndDie(
  argvOf: (round: number) => readonly string[],
  phases: Phases,
  check: (round: number, last: Life) => void,
): Promise<void> {
  const random = createRandom(seed)
  let killed = 0
  for (let round = 0; killed < kills; round++) {
    for (;;) {
      // The last kill falls into the last phase, so that the life after it has something to go on from.
      const quarters = killed < kills - 1 ? random.integer(4 * phases.length + 1) : 4 * phases.length - 1
      const moment = { quarters, milliseconds: 150 * random.next() }
      const life = await live(argvOf(round), phases, killed < kills ? moment : undefined)
      if (!life.killed) {
        check(round, life)
        break
      }
      killed++
    }
  }
}

describe(`commands that are killed ${kills} times`, () => {
  test('extract has the features of one that was not killed, each computed once', { timeout }, async () => {
    const root = temporaryFolder()
    const photos = join(root, 'photos')
    const count = 700
    await writePictures(photos, cycle(count, labelSets))
    const model = writeModel(join(root, 'backbone'), poolerModel())
    const argv = (cache: string) => ['extract', photos, '--model', model, '--cache', join(root, cache)]
    const phases = ['features']
    await live(argv('whole'), phases)
    const expected = featuresIn(join(root, 'whole'))
    expect(expected).toHaveLength(count)
    await liveAndDie(
      (round) => argv(`round-${round}`),
      phases,
      (round) => expect(featuresIn(join(root, `round-${round}`))).toEqual(expected),
    )
  })

  test('train, with --resume, has the model and the results of one that was not killed', { timeout }, async () => {
    const root = temporaryFolder()
    const photos = join(root, 'photos')
    await writePictures(join(photos, 'train'), cycle(36, labelSets))
    await writePictures(join(photos, 'validation'), cycle(12, labelSets))
    await writePictures(join(photos, 'test'), cycle(12, labelSets))
    const model = writeModel(join(root, 'backbone'), blockModel())
    const argv = (name: string) => [
      ...['train', photos, '--model', model, '--output', join(root, name), '--results', join(root, `${name}.json`)],
      // One that is killed after its model is there begins anew.
      ...['--checkpoints', join(root, 'checkpoints'), '--resume', '--overwrite', '--loss', 'db', '--compare', 'bce'],
      ...['--epochs', '120', '--learning-rate', '0.05', '--batch-size', '16', '--keep-best', 'loss'],
      ...[
        '--trainable-blocks',
        '1',
        '--block-epochs',
        '80',
        '--block-batch-size',
        '8',
        '--block-learning-rate',
        '0.01',
      ],
    ]
    const outcome = (name: string): string[] => {
      const { output: _, ...results } = JSON.parse(readFileSync(join(root, `${name}.json`), 'utf8'))
      return [JSON.stringify(results), ...savedFiles.map((file) => readFileSync(join(root, name, file), 'base64'))]
    }
    const phases = ['features', 'frozen', 'training', 'blocks']
    const whole = await live(argv('whole'), phases)
    expect(whole.lines).toBe(16)
    const expected = outcome('whole')
    let fewest = whole.lines
    await liveAndDie(
      (round) => argv(`round-${round}`),
      phases,
      (round, { lines }) => {
        fewest = Math.min(fewest, lines)
        expect(outcome(`round-${round}`)).toEqual(expected)
        const left = readdirSync(root).filter((name) => !/^(photos|backbone|(whole|round-\d+)(\.json)?)$/.test(name))
        expect(left, 'half-written files').toEqual([])
      },
    )
    // It did go on, and not just begin again.
    expect(fewest).toBeLessThan(whole.lines)
  })
})

const savedFiles = ['config.json', 'onnx/model.onnx', 'predictions.jsonl', 'README.md']

/** The rows of all shards of a cache with their keys, sorted; a file that is no shard fails. */
function featuresIn(cache: string): string[] {
  const [place, ...others] = readdirSync(cache)
  expect(others).toEqual([])
  return readdirSync(join(cache, place!))
    .flatMap((name) => {
      expect(name).toMatch(/^[0-9a-f]{64}\.safetensors$/)
      const { tensors } = decodeSafetensors(readFileSync(join(cache, place!, name)))
      const [keys, features] = [tensors.keys!, tensors.features!].map(({ shape: [rows], data }) => {
        const bytes = Buffer.from(data.buffer, data.byteOffset, data.byteLength)
        const length = bytes.length / rows!
        return Array.from({ length: rows! }, (_, row) => bytes.toString('hex', row * length, (row + 1) * length))
      }) as [string[], string[]]
      return keys.map((key, row) => `${key} ${features[row]}`)
    })
    .sort()
}
