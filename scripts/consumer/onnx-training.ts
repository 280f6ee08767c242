import { binaryCrossEntropy } from '@dbloss/core'
import { decodeModel, encodeModel, lossModel } from '@dbloss/onnx-training'

const bytes = lossModel(binaryCrossEntropy())
const { graph } = decodeModel(bytes)
if (graph === undefined || encodeModel(decodeModel(bytes)).length !== bytes.length)
  throw new Error('the model is changed')
