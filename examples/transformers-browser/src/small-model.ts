import { poolerModel, preprocessor } from '../../../packages/transformers/test/support/models.ts'

/** The side of the pictures that the model takes as they are. */
export const side = preprocessor.size.width

/** The files of a model with random weights, by their paths: a convolution, and the mean of what it finds. */
export function smallModel(): Record<string, string | Uint8Array> {
  return {
    'config.json': JSON.stringify({ model_type: 'vit', architectures: ['ViTModel'] }),
    'preprocessor_config.json': JSON.stringify(preprocessor),
    'onnx/model.onnx': poolerModel(),
  }
}
