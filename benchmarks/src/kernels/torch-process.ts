import { type ChildProcess, spawn, spawnSync } from 'node:child_process'
import { createInterface } from 'node:readline'
import { fileURLToPath } from 'node:url'

/** What is asked of the process of PyTorch, one request a line. */
export type TorchRequest =
  | { readonly time: string; readonly batch: number; readonly classes: number; readonly seconds: number }
  | {
      readonly evaluate: string
      readonly counts: readonly number[]
      readonly logits: number[][]
      readonly labels: number[][]
    }

/** A python3 that has PyTorch. */
export interface TorchPython {
  readonly python: string
  readonly version: string
}

/** Nothing where no python3 of the machine has PyTorch. */
export function findTorch(): TorchPython | undefined {
  for (const python of ['python3', '/usr/bin/python3']) {
    const asked = spawnSync(python, ['-c', 'import torch; print(torch.__version__)'], { encoding: 'utf8' })
    if (asked.status === 0) return { python, version: asked.stdout.trim() }
  }
  return undefined
}

/** PyTorch with one thread, in a process that answers requests and waits in between. */
export class TorchProcess {
  readonly #process: ChildProcess
  readonly #answers: AsyncIterator<string>

  constructor({ python }: TorchPython) {
    const script = fileURLToPath(new URL('../pytorch/kernels.py', import.meta.url))
    this.#process = spawn(python, [script], { stdio: ['pipe', 'pipe', 'inherit'] })
    this.#answers = createInterface({ input: this.#process.stdout! })[Symbol.asyncIterator]()
  }

  async ask<Answer>(request: TorchRequest): Promise<Answer> {
    this.#process.stdin!.write(`${JSON.stringify(request)}\n`)
    const { value, done } = await this.#answers.next()
    if (done === true) throw new Error('the process of PyTorch ended')
    return JSON.parse(value) as Answer
  }

  stop(): void {
    this.#process.stdin!.end()
  }
}
