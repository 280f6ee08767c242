import { checkNumber, DblossError, evaluate } from '@dbloss/core'
import { readFile, writeFileAtomic } from '#files'
import { freeTensors } from '../free-tensors.ts'
import type { LossInputs } from '../loss-inputs.ts'
import { type ModelProto, writeModelFile } from '../onnx/index.ts'
import { nextName, stepScalars } from '../optimizer-graph.ts'
import type { OrtTensor } from '../ort.ts'
import { precisions, toPrecision } from '../precision.ts'
import { constantSchedule, type Schedule } from '../schedules.ts'
import { SerialCalls } from '../serial-calls.ts'
import type { ComputedStep, StepBatch, StepInputs } from '../step-inputs.ts'
import { checkFinite, scalarOf } from '../step-results.ts'
import { batchWeights, GradientSum } from './accumulate.ts'
import { checkSamples, checkTargets, type FrozenActivations, type ModelInputs, type TrainingBatch } from './batches.ts'
import { decodeCheckpoint, encodeCheckpoint } from './checkpoint.ts'
import type { Device } from './device.ts'
import { withWeights } from './export.ts'
import { trainingMemory } from './memory.ts'
import type { ModelSource } from './model-source.ts'
import type { ModelParameter } from './parameters.ts'
import type { Trainer, TrainerOptions, TrainerState, TrainingMemory, TrainingStep, WeightChoice } from './trainer.ts'
import { LOGITS, LOSS } from './training-graphs.ts'
import type { TrainingPlan } from './training-plan.ts'
import { TrainingSessions } from './training-sessions.ts'
import { averageName, stateOf, type UpdateOptions } from './update-graph.ts'
import { WeightState } from './weight-state.ts'

/** What the trainer works with, checked. */
export interface OnnxTrainerParts {
  readonly options: Omit<TrainerOptions, 'model'>
  readonly source: ModelSource
  readonly plan: TrainingPlan
  readonly device: Device
  readonly update: UpdateOptions
  /** Weights, moments and averages to begin with; they are the trainer's own. */
  readonly start: TrainerState['tensors']
  readonly classCount: number
  readonly inputs: StepInputs
}

/** The trainer that owns the sessions and the state. */
export class OnnxTrainer implements Trainer {
  readonly #parts: Omit<OnnxTrainerParts, 'start'>
  readonly #schedule: Schedule
  readonly #sessions: TrainingSessions
  readonly #sum: GradientSum
  readonly #state: WeightState
  readonly #calls = new SerialCalls('trainer')

  constructor({ start, ...parts }: OnnxTrainerParts) {
    const { plan, device, update, inputs } = parts
    const { ort, loss, optimizer, schedule } = parts.options
    this.#parts = parts
    this.#schedule = schedule ?? constantSchedule(optimizer.learningRate)
    this.#sessions = new TrainingSessions(ort, device, plan, { loss, givesLogits: inputs.needsLogits }, update)
    this.#sum = new GradientSum(ort, device, plan.precision, plan.trained)
    this.#state = new WeightState(ort, device, plan.precision, stateOf(update))
    this.#state.replace({ step: 0, tensors: start })
  }

  get parameters(): readonly ModelParameter[] {
    return this.#parts.plan.trained
  }

  get stepCount(): number {
    return this.#state.step
  }

  async step(batch: TrainingBatch | readonly TrainingBatch[]): Promise<TrainingStep> {
    const batches = isList(batch) ? batch : [batch]
    if (batches.length === 0) {
      throw new DblossError('argument', 'step was given no batch', {
        argument: 'batch',
        expected: 'at least one batch',
      })
    }
    for (const each of batches) this.#check(each)
    return this.#calls.inTurn(() =>
      this.#parts.inputs.run(batches.map(stepBatch), (inputs) => this.#compute(batches, inputs)),
    )
  }

  async #compute(
    batches: readonly TrainingBatch[],
    inputs: readonly LossInputs[],
  ): Promise<ComputedStep<TrainingStep>> {
    const learningRate = this.#schedule(this.#state.step)
    checkNumber('the learning rate of the schedule', learningRate, { minimum: 0 })
    const feeds = { ...this.#state.tensors, ...this.#numbers(learningRate) }
    const { loss, logits, outputs } = await this.#run(batches, inputs, feeds)
    const report = { loss, gradientNorm: scalarOf(outputs.gradientNorm!), learningRate }
    const next = Object.fromEntries(this.#state.names.map((name) => [name, outputs[nextName(name)]!]))
    try {
      checkFinite({ ...report, 'the norm of the weights': scalarOf(outputs.weightNorm!) }, this.#state.step + 1)
    } catch (error) {
      freeTensors(Object.values(next))
      throw error
    }
    return {
      report,
      logits: logits.map(({ data }) => data as Float32Array | Float64Array),
      take: () => {
        freeTensors(logits)
        this.#state.advance(next)
      },
    }
  }

  /** The numbers of the next step. */
  #numbers(learningRate: number): Readonly<Record<string, OrtTensor>> {
    const { options, plan } = this.#parts
    const { tensor: type } = precisions[plan.precision]
    const scalars = Object.entries(stepScalars(options.optimizer, learningRate, this.#state.step + 1))
    return Object.fromEntries(
      scalars.map(([name, value]) => [name, new options.ort.Tensor(type, toPrecision([value], plan.precision), [])]),
    )
  }

  /** One batch through one stretch in a graph of its own; gradients that have to be put together first in several. */
  async #run(
    batches: readonly TrainingBatch[],
    inputs: readonly LossInputs[],
    feeds: Readonly<Record<string, OrtTensor>>,
  ) {
    const { plan, options } = this.#parts
    const targetsOf = (index: number) => ({ labels: batches[index]!.labels, inputs: inputs[index]! })
    if (batches.length === 1 && plan.segments.length === 1) {
      const outputs = await this.#sessions.step(batches[0]!, targetsOf(0), feeds)
      const logits = [outputs[LOGITS]].filter((tensor) => tensor !== undefined)
      return { loss: scalarOf(outputs[LOSS]!), logits, outputs }
    }
    const of = (index: number) => this.#sessions.gradients(batches[index]!, targetsOf(index), this.#state.tensors)
    const { loss, logits, gradients } =
      batches.length === 1 ? await of(0) : await this.#sum.of(batchWeights(batches, options.loss), of)
    const outputs = await this.#sessions.update({ ...feeds, ...gradients })
    freeTensors(Object.values(gradients))
    return { loss, logits, outputs }
  }

  async precompute(inputs: ModelInputs): Promise<FrozenActivations> {
    this.#checkSamples(inputs)
    return this.#calls.inTurn(() => this.#sessions.precompute(inputs))
  }

  async predict(samples: ModelInputs | FrozenActivations, weights: WeightChoice = 'trained') {
    this.#checkSamples(samples)
    this.#checkChoice(weights)
    return this.#calls.inTurn(() => this.#sessions.predict(samples, this.#weights(weights)))
  }

  async evaluate(batch: TrainingBatch, weights: WeightChoice = 'trained') {
    this.#check(batch)
    this.#checkChoice(weights)
    return this.#calls.inTurn(async () => {
      const logits = await this.#sessions.predict(batch, this.#weights(weights))
      const { labels, batchSize } = batch
      const inputs = this.#parts.inputs.preview(stepBatch(batch))
      return { loss: evaluate(this.#parts.options.loss, { logits, labels, batchSize, inputs }).value, logits }
    })
  }

  async state(): Promise<TrainerState> {
    this.#calls.checkUsable()
    return this.#calls.inTurn(async () => ({ ...(await this.#state.read()), ...this.#parts.inputs.state() }))
  }

  restore(state: TrainerState): void {
    this.#calls.checkUsable()
    this.#calls.checkIdle('restored')
    const checked = this.#state.checked(state)
    this.#parts.inputs.restore(state)
    this.#state.replace(checked)
  }

  async saveCheckpoint(path: string, extra: unknown = null): Promise<void> {
    await writeFileAtomic(path, encodeCheckpoint(await this.state(), await this.#fingerprint(), extra))
  }

  async loadCheckpoint(path: string): Promise<unknown> {
    this.#calls.checkUsable()
    const { state, extra } = decodeCheckpoint(await readFile(path), await this.#fingerprint())
    this.restore(state)
    return extra
  }

  async toModel(weights: WeightChoice = 'trained'): Promise<ModelProto> {
    this.#checkChoice(weights)
    const { tensors } = await this.state()
    const values = this.parameters.map(
      ({ initializer }) => [initializer, tensors[nameOf(initializer, weights)]!] as const,
    )
    return withWeights(await this.#parts.source.whole(), new Map(values))
  }

  async save(path: string, weights: WeightChoice = 'trained'): Promise<void> {
    await writeModelFile(path, await this.toModel(weights))
  }

  memory(): TrainingMemory {
    this.#calls.checkUsable()
    const { plan, update } = this.#parts
    return trainingMemory(plan, stateOf(update))
  }

  async dispose(): Promise<void> {
    await this.#calls.close(async () => {
      // Before the sessions: onnxruntime-web cannot free a tensor of a device that is gone with its last session.
      this.#state.dispose()
      await this.#sessions.dispose()
      await this.#sum.dispose()
      await this.#parts.device.dispose()
      await this.#parts.source.close()
    })
  }

  #check(batch: TrainingBatch): void {
    this.#checkSamples(batch)
    checkTargets(this.#parts.inputs, stepBatch(batch), this.#parts.classCount)
  }

  #checkSamples(samples: ModelInputs | FrozenActivations): void {
    this.#calls.checkUsable()
    checkSamples(this.#parts.plan, samples)
  }

  #checkChoice(weights: WeightChoice): void {
    if (weights === 'trained' || this.#parts.options.averageDecay !== undefined) return
    throw new DblossError('argument', 'there are no averaged weights; create the trainer with averageDecay', {
      argument: 'weights',
      found: weights,
      expected: "'trained'",
    })
  }

  #weights(choice: WeightChoice) {
    return Object.fromEntries(
      this.parameters.map(({ initializer }) => [initializer, this.#state.tensors[nameOf(initializer, choice)]!]),
    )
  }

  /** What a checkpoint has to agree with: the model with its frozen weights, the optimizer and the tensors. */
  async #fingerprint(): Promise<string> {
    const { update, options, plan, source } = this.#parts
    const { kind } = options.optimizer
    return JSON.stringify({
      model: await source.hash(),
      optimizer: kind,
      precision: plan.precision,
      tensors: stateOf(update),
    })
  }
}

function nameOf(initializer: string, choice: WeightChoice): string {
  return choice === 'averaged' ? averageName(initializer) : initializer
}

/** What a source and the checks see of a batch. */
function stepBatch({ labels, batchSize, lossInputs: inputs }: TrainingBatch): StepBatch {
  return { labels, batchSize, inputs }
}

function isList(batch: TrainingBatch | readonly TrainingBatch[]): batch is readonly TrainingBatch[] {
  return Array.isArray(batch)
}
