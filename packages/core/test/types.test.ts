import { describe, expectTypeOf, test } from 'vitest'
import {
  type Adapter,
  averagePrecision,
  type Batch,
  binaryCrossEntropy,
  type CompiledLoss,
  classAwareSampler,
  classBalancedLoss,
  createRandom,
  DblossError,
  type DblossErrorCode,
  defineLoss,
  distributionBalancedLoss,
  ELEMENTS,
  type Evaluation,
  type Expression,
  evaluate,
  explain,
  type FormulaContext,
  focalLoss,
  fromReleasedConfig,
  inverseFrequencyLoss,
  isLossName,
  iterativeStratification,
  type LabelStatistics,
  type Loss,
  type LossExplanation,
  type LossName,
  type LossRecord,
  labelStatistics,
  type labelStatisticsBuilder,
  longTailedSubset,
  lossRecord,
  multiply,
  negativeTolerantLoss,
  type Precision,
  power,
  presets,
  type Reduction,
  type ReferenceEvaluation,
  ROWS,
  rebalancedLoss,
  restoreLoss,
  type Sampler,
  sigmoid,
  type splitClasses,
  statisticsFromCounts,
  subtract,
  uniformSampler,
} from '../src/index.ts'

// tsc checks this file; what runs of it proves nothing. A call below `@ts-expect-error` that type-checks fails the check of types.
const statistics = {} as LabelStatistics
const loss = {} as Loss
const lists: readonly (readonly number[])[] = [[0, 1], [2]]

describe('label statistics', () => {
  test('take lists of indices or names, sparse labels, any iterable of them, or a matrix', () => {
    expectTypeOf(labelStatistics).toBeCallableWith(lists, { classCount: 3 })
    expectTypeOf(labelStatistics).toBeCallableWith([['cat'], ['dog', 'cat']], { classNames: ['cat', 'dog'] })
    expectTypeOf(labelStatistics).toBeCallableWith([{ classes: [0], values: [0.5], unknown: [1] }])
    expectTypeOf(labelStatistics).toBeCallableWith(new Set([Uint16Array.of(1, 2)]), { maxLabelSets: 100 })
    expectTypeOf(labelStatistics).toBeCallableWith({ data: new Float32Array(6), classCount: 3 }, { pseudoCount: 1 })
    expectTypeOf(labelStatistics).toBeCallableWith({ data: [0, 1, -1] as const, classCount: 3 })
  })

  test('are read-only data, whichever way they are made', () => {
    expectTypeOf(labelStatistics).returns.toEqualTypeOf<LabelStatistics>()
    expectTypeOf(statisticsFromCounts).returns.toEqualTypeOf<LabelStatistics>()
    expectTypeOf<ReturnType<typeof labelStatisticsBuilder>['finish']>().returns.toEqualTypeOf<LabelStatistics>()
    expectTypeOf<LabelStatistics['classCounts']>().toEqualTypeOf<readonly number[]>()
    expectTypeOf<ReturnType<typeof splitClasses>['head']>().toExtend<readonly number[]>()
  })

  test('refuse what is no label and options that do not exist', () => {
    const refused = () => [
      // @ts-expect-error a matrix says how many classes it has
      labelStatistics({ data: new Float32Array(6) }),
      // @ts-expect-error a list of labels is no list of samples
      labelStatistics([0, 1, 2]),
      // @ts-expect-error rows of booleans are no labels
      labelStatistics([[true, false]]),
      // @ts-expect-error the option is classCount
      labelStatistics(lists, { classes: 3 }),
      // @ts-expect-error counts need the number of samples
      statisticsFromCounts({ classCounts: [3, 1] }),
      // @ts-expect-error statistics are not changed
      () => statistics.classCounts.push(1),
    ]
    expectTypeOf(refused).toBeFunction()
  })
})

describe('losses', () => {
  test('are losses, with or without options', () => {
    for (const make of [
      distributionBalancedLoss,
      rebalancedLoss,
      negativeTolerantLoss,
      classBalancedLoss,
      inverseFrequencyLoss,
    ]) {
      expectTypeOf(make).toBeCallableWith(statistics)
      expectTypeOf(make).toBeCallableWith(statistics, { reduction: 'none', hardLabels: true })
      expectTypeOf(make).returns.toEqualTypeOf<Loss>()
    }
    expectTypeOf(binaryCrossEntropy).toBeCallableWith()
    expectTypeOf(binaryCrossEntropy).returns.toEqualTypeOf<Loss>()
    expectTypeOf(focalLoss).toBeCallableWith({ gamma: 2, balance: { positive: 0.25, negative: 0.75 } })
    expectTypeOf(focalLoss).returns.toEqualTypeOf<Loss>()
    expectTypeOf(fromReleasedConfig).toBeCallableWith({ reweight_func: 'rebalance', loss_weight: 1 }, statistics)
    expectTypeOf(fromReleasedConfig).returns.toEqualTypeOf<Loss>()
    expectTypeOf(distributionBalancedLoss).toBeCallableWith(statistics, { ...presets.vocMlt, mu: 'auto' })
    expectTypeOf<Loss['reduction']>().toEqualTypeOf<Reduction>()
    expectTypeOf<Reduction>().toEqualTypeOf<'mean' | 'sum' | 'batchmean' | 'none'>()
  })

  test('refuse unknown options, reductions and variants', () => {
    const refused = () => [
      // @ts-expect-error the variants have names
      distributionBalancedLoss(statistics, { variant: 'papers' }),
      // @ts-expect-error μ is a number or 'auto'
      distributionBalancedLoss(statistics, { mu: 'automatic' }),
      // @ts-expect-error the option is called lambda
      distributionBalancedLoss(statistics, { negScale: 2 }),
      // @ts-expect-error statistics, not class counts
      distributionBalancedLoss([3, 1]),
      // @ts-expect-error statistics come first
      distributionBalancedLoss({ mu: 0.3 }),
      // @ts-expect-error weights are normalized by instance or by batch
      rebalancedLoss(statistics, { weightNormalization: 'class' }),
      // @ts-expect-error μ belongs to the re-balanced weights
      negativeTolerantLoss(statistics, { mu: 0.3 }),
      // @ts-expect-error the modes have names
      classBalancedLoss(statistics, { mode: 'average' }),
      // @ts-expect-error the exponent is a number
      inverseFrequencyLoss(statistics, { exponent: '0.5' }),
      // @ts-expect-error reductions have names
      binaryCrossEntropy({ reduction: 'average' }),
      // @ts-expect-error BCE has no focal factor
      binaryCrossEntropy({ gamma: 2 }),
      // @ts-expect-error a balance has both sides
      focalLoss({ balance: { positive: 0.25 } }),
      // @ts-expect-error the released functions have names
      fromReleasedConfig({ reweight_func: 'rebalanced' }, statistics),
    ]
    expectTypeOf(refused).toBeFunction()
  })

  test('do not change', () => {
    const refused = () => {
      // @ts-expect-error another reduction makes another loss
      loss.reduction = 'sum'
    }
    expectTypeOf(refused).toBeFunction()
  })

  test('of one’s own are made from logits, labels and declared inputs', () => {
    expectTypeOf(defineLoss).toBeCallableWith({
      name: 'brier',
      inputs: { sampleWeights: ROWS, mask: ELEMENTS },
      formula: ({ logits, labels }: FormulaContext) => power(subtract(sigmoid(logits), labels), 2),
    })
    expectTypeOf(defineLoss).toBeCallableWith({ name: 'zero', reduction: 'sum', formula: () => 0 })
    expectTypeOf(defineLoss).returns.toEqualTypeOf<Loss>()
    expectTypeOf<FormulaContext['logits']>().toEqualTypeOf<Expression>()
    const refused = () => [
      // @ts-expect-error a loss has a name
      defineLoss({ formula: ({ logits }) => logits }),
      // @ts-expect-error a formula gives an expression or a number
      defineLoss({ name: 'text', formula: () => 'logits' }),
      // @ts-expect-error reductions have names
      defineLoss({ name: 'wrong', reduction: 'avg', formula: ({ logits }) => logits }),
      // @ts-expect-error an extent says along which axes an input varies
      defineLoss({ name: 'wrong', inputs: { weights: 'rows' }, formula: ({ logits }) => logits }),
      // @ts-expect-error the context has no targets
      defineLoss({ name: 'wrong', formula: ({ logits, targets }) => multiply(logits, targets) }),
      // @ts-expect-error exponents are constant
      defineLoss({ name: 'wrong', formula: ({ logits, labels }) => power(logits, labels) }),
      // @ts-expect-error there is no such definition
      defineLoss({ name: 'wrong', formula: ({ logits }) => logits, gradient: () => 0 }),
    ]
    expectTypeOf(refused).toBeFunction()
  })

  test('are kept as records and restored from them', () => {
    expectTypeOf(lossRecord).returns.toEqualTypeOf<LossRecord>()
    expectTypeOf(restoreLoss).returns.toEqualTypeOf<Loss>()
    expectTypeOf(restoreLoss).toBeCallableWith({} as LossRecord, {
      mine: ({ reduction }: LossRecord) => ({ ...loss, reduction }),
    })
    const name: string = 'cb-focal'
    if (isLossName(name)) expectTypeOf(name).toEqualTypeOf<LossName>()
    const refused = () => [
      // @ts-expect-error the record, not its text
      restoreLoss(JSON.stringify(lossRecord(loss))),
      // @ts-expect-error a record has the reduction
      restoreLoss({ name: 'focal', parameters: {} }),
      // @ts-expect-error factories make losses
      restoreLoss(lossRecord(loss), { mine: () => 0 }),
    ]
    expectTypeOf(refused).toBeFunction()
  })
})

describe('evaluation', () => {
  const batch = { logits: new Float32Array(6), labels: new Float64Array(6), batchSize: 2 }

  test('is in float64, of batches in either precision', () => {
    expectTypeOf(evaluate).toBeCallableWith(loss, batch)
    expectTypeOf(evaluate).toBeCallableWith(loss, { ...batch, inputs: { weights: new Float32Array(2) } })
    expectTypeOf(evaluate).toBeCallableWith(loss, batch, { seed: [1, 1], output: 'rows', round: Math.fround })
    expectTypeOf(evaluate).returns.toEqualTypeOf<ReferenceEvaluation>()
    expectTypeOf<ReferenceEvaluation['gradient']>().toEqualTypeOf<Float64Array>()
    expectTypeOf<ReferenceEvaluation['elements']>().toEqualTypeOf<Float64Array | undefined>()
    expectTypeOf<ReferenceEvaluation>().toExtend<Evaluation>()
    expectTypeOf(averagePrecision).returns.toEqualTypeOf<number>()
  })

  test('explains one sample', () => {
    expectTypeOf(explain).toBeCallableWith(loss, { logits: [2, -1], labels: [1, 0] })
    expectTypeOf(explain).returns.toEqualTypeOf<LossExplanation>()
    expectTypeOf<LossExplanation['quantities'][number]['values']>().toEqualTypeOf<Float64Array>()
  })

  test('refuses batches without a size, plain arrays and unknown outputs', () => {
    const { batchSize: _, ...sizeless } = batch
    const refused = () => [
      // @ts-expect-error a batch has a size
      evaluate(loss, sizeless),
      // @ts-expect-error typed arrays
      evaluate(loss, { ...batch, logits: [1, 2, 3, 4, 5, 6] }),
      // @ts-expect-error outputs have names
      evaluate(loss, batch, { output: 'gradient' }),
      // @ts-expect-error a sample has labels
      explain(loss, { logits: [2, -1] }),
    ]
    expectTypeOf(refused).toBeFunction()
  })
})

describe('samplers', () => {
  test('give epochs of indices by a seed', () => {
    expectTypeOf(classAwareSampler).toBeCallableWith({ labels: lists, seed: 1 })
    expectTypeOf(classAwareSampler).toBeCallableWith({ labels: [['cat']], classNames: ['cat'], seed: 1, reduce: 1 })
    expectTypeOf(classAwareSampler).returns.toEqualTypeOf<Sampler>()
    expectTypeOf(uniformSampler).returns.toEqualTypeOf<Sampler>()
    expectTypeOf<Sampler>().toExtend<Iterable<number>>()
    expectTypeOf(longTailedSubset).returns.toEqualTypeOf<number[]>()
    expectTypeOf(iterativeStratification).returns.toEqualTypeOf<number[][]>()
    expectTypeOf(createRandom(1).next).returns.toEqualTypeOf<number>()
    const refused = () => [
      // @ts-expect-error without a seed nothing is repeatable
      classAwareSampler({ labels: lists }),
      // @ts-expect-error the option is samplesPerClass
      classAwareSampler({ labels: lists, seed: 1, numSamples: 3 }),
      // @ts-expect-error a uniform sampler knows no labels
      uniformSampler({ labels: lists, seed: 1 }),
      // @ts-expect-error a subset has a largest count
      longTailedSubset({ labels: lists, seed: 1 }),
    ]
    expectTypeOf(refused).toBeFunction()
  })
})

describe('the contract', () => {
  const compiled: CompiledLoss = { evaluate: async () => ({ value: 0, gradient: new Float32Array(6) }) }

  test('names what an adapter declares', () => {
    expectTypeOf<Precision>().toEqualTypeOf<'float64' | 'float32' | 'float16'>()
    expectTypeOf<Adapter['precision']>().toEqualTypeOf<Precision>()
    expectTypeOf<Adapter['supports']>().toEqualTypeOf<{ readonly elements: boolean; readonly optimizer: boolean }>()
    expectTypeOf<Adapter['compile']>().toEqualTypeOf<(loss: Loss) => Promise<CompiledLoss>>()
    expectTypeOf<CompiledLoss['evaluate']>().toEqualTypeOf<(batch: Batch) => Promise<Evaluation>>()
    expectTypeOf<DblossError['code']>().toEqualTypeOf<DblossErrorCode>()
    expectTypeOf(DblossError).toBeConstructibleWith('shape', 'a message', { argument: 'labels', expected: '2' })
  })

  test('is fulfilled by the least adapter, and not by less', () => {
    const least = { name: 'mine', precision: 'float32', supports: { elements: false, optimizer: false } } as const
    expectTypeOf({ ...least, compile: async (_: Loss) => compiled }).toExtend<Adapter>()
    expectTypeOf(least).not.toExtend<Adapter>()
    expectTypeOf({ ...least, compile: (_: Loss) => compiled }).not.toExtend<Adapter>()
    expectTypeOf({ ...least, precision: 'bfloat16', compile: async () => compiled }).not.toExtend<Adapter>()
    expectTypeOf({ ...least, supports: { elements: true }, compile: async () => compiled }).not.toExtend<Adapter>()
    expectTypeOf<{ evaluate(batch: Batch): Promise<{ value: number }> }>().not.toExtend<CompiledLoss>()
    expectTypeOf<{ evaluate(batch: Batch): Evaluation }>().not.toExtend<CompiledLoss>()
  })

  test('gives batches that cannot be exchanged', () => {
    const refused = (batch: Batch) => {
      // @ts-expect-error the arrays of a batch stay
      batch.logits = new Float32Array(1)
    }
    expectTypeOf(refused).toBeFunction()
  })
})
