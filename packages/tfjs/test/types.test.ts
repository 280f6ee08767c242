import type { Adapter, Loss } from '@dbloss/core'
import type * as tf from '@tensorflow/tfjs'
import { expectTypeOf, test } from 'vitest'
import {
  type classAwareDataset,
  compileWithLoss,
  type DifferentiableLoss,
  differentiableLoss,
  type LayersModelLike,
  type LongTailCallback,
  loadWithLoss,
  type SavableModel,
  type saveWithLoss,
  type tfjsAdapter,
  toTfjsLoss,
} from '../src/index.ts'

declare const loss: Loss

test('models of TensorFlow.js are what this package asks for', () => {
  expectTypeOf<tf.LayersModel>().toExtend<LayersModelLike>()
  expectTypeOf<tf.Sequential>().toExtend<LayersModelLike>()
  expectTypeOf<tf.LayersModel>().toExtend<SavableModel>()
  expectTypeOf(loadWithLoss<tf.LayersModel>)
    .returns.resolves.toHaveProperty('model')
    .toEqualTypeOf<tf.LayersModel>()
})

test('losses are what TensorFlow.js asks for', () => {
  type LossOption = tf.ModelCompileArgs['loss']
  expectTypeOf<DifferentiableLoss<'rows'>>().toExtend<LossOption>()
  expectTypeOf<LongTailCallback>().toExtend<tf.CustomCallbackArgs>()
})

test('the output decides the tensor', () => {
  expectTypeOf(() => differentiableLoss(loss)).returns.returns.toEqualTypeOf<tf.Scalar>()
  expectTypeOf(() => differentiableLoss(loss, { output: 'elements' })).returns.returns.toEqualTypeOf<tf.Tensor2D>()
  expectTypeOf(toTfjsLoss).returns.returns.toEqualTypeOf<tf.Tensor1D>()
  expectTypeOf(differentiableLoss).parameter(1).not.toExtend<{ output: 'columns' } | undefined>()
})

test('the adapter and the dataset', () => {
  expectTypeOf<typeof tfjsAdapter>().returns.resolves.toEqualTypeOf<Adapter>()
  expectTypeOf<ReturnType<typeof classAwareDataset<tf.data.Dataset<tf.TensorContainer>>>>().toExtend<
    tf.data.Dataset<tf.TensorContainer>
  >()
  expectTypeOf<typeof saveWithLoss>().returns.resolves.toEqualTypeOf<tf.io.SaveResult>()
  expectTypeOf(compileWithLoss).parameter(1).toHaveProperty('loss')
})
