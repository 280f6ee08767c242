import { checkNumber, DblossError, type Loss } from '@dbloss/core'
import { fixedSize } from '../differentiation/shapes.ts'
import { elementCount } from '../element-count.ts'
import { oneAtATime } from '../one-at-a-time.ts'
import { momentsOf } from '../optimizer-graph.ts'
import { checkedOptimizer } from '../optimizers.ts'
import { StepInputs } from '../step-inputs.ts'
import { Device } from './device.ts'
import { ModelSource } from './model-source.ts'
import { OnnxTrainer } from './onnx-trainer.ts'
import { groupParameters } from './parameter-groups.ts'
import { planTraining, type StartWeights } from './plan-training.ts'
import type { Trainer, TrainerOptions, TrainerState } from './trainer.ts'
import type { TrainingPlan } from './training-plan.ts'
import { averageName, type UpdateOptions, weightsOf } from './update-graph.ts'

/**
 * Trains weights of an ONNX model with the ordinary inference runtime, on any execution provider: the gradient is derived
 * from the model's graph and written in standard operators, beside the loss and the optimizer.
 *
 * What lies below the first trained weight runs forward only, and `precompute` lets it run once. Batch normalization and
 * dropout stay in inference mode: their statistics are those of the model, and nothing is dropped.
 *
 * The further inputs of a loss are given with each batch, or made by the loss's source, which then observes every step and
 * whose state is a part of the trainer's.
 *
 * @throws DblossError `model` for a model that is damaged, not of opset 13 to 21, or cannot be differentiated, naming the
 * node and what to freeze instead; `argument` for options that do not fit it; `shape` when the loss has other classes.
 *
 * @example
 * const trainer = await createTrainer({ ort, model: 'backbone.onnx', trainable: /encoder\.layer\.1[01]|classifier/, loss, optimizer: adamW({ learningRate: 1e-4 }) })
 * const { loss: value } = await trainer.step({ inputs: { pixel_values: pixels }, labels, batchSize: 8 })
 * await trainer.save('fine-tuned.onnx')
 */
export async function createTrainer(given: TrainerOptions): Promise<Trainer> {
  const { averageDecay } = given
  const optimizer = checkedOptimizer(given.optimizer)
  if (averageDecay !== undefined) checkNumber('averageDecay', averageDecay, { minimum: 0, below: 1 })
  const source = await ModelSource.open(given.model)
  try {
    return await trainerOf(source, { ...given, ort: source.runtime(oneAtATime(given.ort)), optimizer })
  } catch (error) {
    await source.close()
    throw error
  }
}

async function trainerOf(source: ModelSource, options: Omit<TrainerOptions, 'model'>): Promise<Trainer> {
  const { ort, loss, optimizer, parameterGroups = [], averageDecay, sessionOptions = {} } = options
  const { plan, startWeights } = await planTraining(source, options)
  const classCount = classCountOf(plan, loss)
  const parameters = groupParameters(plan.trained, parameterGroups, optimizer)
  const update: UpdateOptions = { optimizer, precision: plan.precision, parameters, averageDecay }
  const device = new Device(ort, sessionOptions, plan.precision)
  const inputs = new StepInputs(loss, classCount, options)
  const start = startOf(startWeights, update)
  return new OnnxTrainer({ options, source, plan, device, update, classCount, inputs, start })
}

function startOf(startWeights: StartWeights, update: UpdateOptions): TrainerState['tensors'] {
  const averages = [...startWeights].map(([name, values]) => [averageName(name), values.slice()] as const)
  const zeros = momentsOf(update.optimizer, weightsOf(update)).map(
    ({ name, shape }) => [name, new Float32Array(elementCount(shape))] as const,
  )
  return Object.fromEntries([...zeros, ...startWeights, ...(update.averageDecay === undefined ? [] : averages)])
}

function classCountOf({ probed, output }: TrainingPlan, loss: Loss): number {
  const shape = probed.values.shape(output)
  if (shape.length !== 2) {
    throw new DblossError('model', `'${output}' has ${shape.length} axes; expected logits [batch, classes]`, {
      argument: 'output',
      found: shape.length,
      expected: '[batch, classes]',
    })
  }
  const classCount = fixedSize(shape[1]!, `the number of classes of '${output}'`)
  if (loss.classCount === undefined || loss.classCount === classCount) return classCount
  throw new DblossError('shape', `'${output}' has ${classCount} classes but the loss describes ${loss.classCount}`, {
    argument: 'loss',
    found: loss.classCount,
    expected: `${classCount}`,
  })
}
