import { checkNumber, DblossError } from '@dbloss/core'
import { checkHeadBatch, type HeadBatch } from './check-head-batch.ts'
import { headForwardGraph } from './head-graph.ts'
import { checkLength, elementCount } from './head-state.ts'
import type { HeadParameters, HeadStep, HeadTrainer, HeadTrainerOptions, HeadTrainerState } from './head-trainer.ts'
import { nextName, type StateTensor, stepScalars } from './optimizer-graph.ts'
import type { OrtSession, OrtTensor } from './ort.ts'
import { type GraphPrecision, precisions, toPrecision } from './precision.ts'
import { constantSchedule, type Schedule } from './schedules.ts'

/** What the trainer works with, checked. */
export interface TrainerParts extends HeadTrainerOptions {
  readonly precision: GraphPrecision
  readonly session: OrtSession
  readonly stateTensors: readonly StateTensor[]
  readonly start: HeadTrainerState
}

/** The trainer that owns the session of the step and the tensors that go round through it. */
export class OnnxHeadTrainer implements HeadTrainer {
  readonly #parts: TrainerParts
  readonly #schedule: Schedule
  #step = 0
  #state: Record<string, OrtTensor> = {}
  #forward: OrtSession | undefined
  #queue: Promise<unknown> = Promise.resolve()
  #waiting = 0
  #disposed = false

  constructor(parts: TrainerParts) {
    this.#parts = parts
    this.#schedule = parts.schedule ?? constantSchedule(parts.optimizer.learningRate)
    this.restore(parts.start)
  }

  async step(batch: HeadBatch): Promise<HeadStep> {
    this.#checkUsable()
    checkHeadBatch(this.#parts, batch)
    return this.#inTurn(() => this.#run(batch))
  }

  async #run({ features, labels, batchSize }: HeadBatch): Promise<HeadStep> {
    const { optimizer, session, featureCount, classCount, stateTensors } = this.#parts
    const learningRate = this.#schedule(this.#step)
    checkNumber('the learning rate of the schedule', learningRate, { minimum: 0 })
    const scalars = stepScalars(optimizer, learningRate, this.#step + 1)
    const numbers = Object.entries(scalars).filter(([name]) => session.inputNames.includes(name))
    const outputs = await session.run({
      ...this.#state,
      ...Object.fromEntries(numbers.map(([name, value]) => [name, this.#tensor([value], [])])),
      features: this.#tensor(features, [batchSize, featureCount]),
      labels: this.#tensor(labels, [batchSize, classCount]),
    })
    const report = { loss: scalarOf(outputs.loss!), gradientNorm: scalarOf(outputs.gradientNorm!), learningRate }
    const next = Object.fromEntries(stateTensors.map(({ name }) => [name, outputs[nextName(name)]!]))
    try {
      checkFinite(report, this.#step + 1)
    } catch (error) {
      disposeAll(next)
      throw error
    }
    disposeAll(this.#state)
    this.#state = next
    this.#step++
    return report
  }

  async predict(features: ArrayLike<number>, batchSize: number): Promise<Float32Array | Float64Array> {
    this.#checkUsable()
    checkNumber('batchSize', batchSize, { integer: true, minimum: 1 })
    checkLength('features', features, batchSize * this.#parts.featureCount)
    return this.#inTurn(() => this.#predict(features, batchSize))
  }

  async #predict(features: ArrayLike<number>, batchSize: number): Promise<Float32Array | Float64Array> {
    const { ort, featureCount, classCount, precision, sessionOptions } = this.#parts
    this.#forward ??= await ort.InferenceSession.create(
      headForwardGraph({ featureCount, classCount }, precision),
      sessionOptions,
    )
    const { weights, bias } = this.#state
    const outputs = await this.#forward.run({
      features: this.#tensor(features, [batchSize, featureCount]),
      weights: weights!,
      bias: bias!,
    })
    return outputs.logits!.data as Float32Array | Float64Array
  }

  read(): HeadParameters {
    const { tensors } = this.state()
    return { weights: tensors.weights!, bias: tensors.bias! }
  }

  state(): HeadTrainerState {
    this.#checkUsable()
    const copies = Object.entries(this.#state).map(
      ([name, tensor]) => [name, (tensor.data as Float32Array | Float64Array).slice()] as const,
    )
    return { step: this.#step, tensors: Object.fromEntries(copies) }
  }

  restore({ step, tensors }: HeadTrainerState): void {
    this.#checkUsable()
    if (this.#waiting > 0) {
      throw new DblossError('argument', 'a state cannot be restored while a step is running; wait for it first', {
        argument: 'restore',
        found: `${this.#waiting} calls that are not done`,
        expected: 'none',
      })
    }
    checkNumber('step', step, { integer: true, minimum: 0 })
    const restored = Object.fromEntries(
      this.#parts.stateTensors.map(({ name, shape }) => {
        checkLength(`tensors.${name}`, tensors[name], elementCount(shape))
        return [name, this.#tensor(tensors[name]!.slice(), shape)]
      }),
    )
    disposeAll(this.#state)
    this.#state = restored
    this.#step = step
  }

  async dispose(): Promise<void> {
    if (this.#disposed) return
    this.#disposed = true
    await this.#queue
    await this.#parts.session.release?.()
    await this.#forward?.release?.()
    this.#forward = undefined
    disposeAll(this.#state)
  }

  /** Runs after the calls before it, whether they failed or not. */
  #inTurn<T>(run: () => Promise<T>): Promise<T> {
    this.#waiting++
    const result = this.#queue.then(run).finally(() => this.#waiting--)
    this.#queue = result.catch(() => undefined)
    return result
  }

  #checkUsable(): void {
    if (!this.#disposed) return
    throw new DblossError('argument', 'the trainer was used after dispose()', {
      argument: 'trainer',
      found: 'a trainer whose sessions are freed',
      expected: 'a trainer in use',
    })
  }

  #tensor(values: ArrayLike<number>, dims: readonly number[]): OrtTensor {
    const { ort, precision } = this.#parts
    return new ort.Tensor(precisions[precision].tensor, toPrecision(values, precision), dims)
  }
}

function checkFinite(numbers: Readonly<Record<string, number>>, step: number): void {
  const wrong = Object.entries(numbers).find(([, value]) => !Number.isFinite(value))
  if (wrong === undefined) return
  const [name, value] = wrong
  const message = `training diverged in step ${step}: ${name} is ${value}; try a lower learning rate, or clipNorm`
  throw new DblossError('runtime', message, { argument: name, found: value, expected: 'a finite number' })
}

function disposeAll(tensors: Readonly<Record<string, OrtTensor>>): void {
  for (const tensor of Object.values(tensors)) tensor.dispose?.()
}

function scalarOf(tensor: OrtTensor): number {
  return (tensor.data as Float32Array | Float64Array)[0]!
}
