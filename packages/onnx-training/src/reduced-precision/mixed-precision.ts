/**
 * What is computed in which precision, by the rules of automatic mixed precision (Micikevicius et al., ICLR 2018; the lists of
 * PyTorch's autocast): products with weights in float16; what adds many numbers up, or makes large numbers out of small ones,
 * in float32; everything else in the wider type of what it reads. Transposes of activations are float32 too: ONNX Runtime 1.30
 * ends with a segmentation fault where it fuses a Transpose in float16, a Cast and a MatMul. So attention is float32.
 */

/** Operators that are computed in float32, because half precision is too small or too coarse for them. */
export const float32Operators: ReadonlySet<string> = new Set([
  // Norms, and what exporters write them out in
  ...[
    'LayerNormalization',
    'GroupNormalization',
    'InstanceNormalization',
    'RMSNormalization',
    'LpNormalization',
    'LRN',
  ],
  ...['MeanVarianceNormalization', 'Pow', 'Sqrt', 'Reciprocal'],
  // Sums over axes
  ...['ReduceMean', 'ReduceSum', 'ReduceSumSquare', 'ReduceL1', 'ReduceL2', 'ReduceProd', 'ReduceLogSum'],
  ...['ReduceLogSumExp', 'GlobalAveragePool', 'GlobalLpPool', 'CumSum'],
  // Exponentials and logarithms
  ...['Softmax', 'LogSoftmax', 'Softplus', 'Exp', 'Log'],
  ...['Tan', 'Acos', 'Asin', 'Cosh', 'Sinh'],
  // Not defined for float16, or not in all of the opsets
  ...['Range', 'NonMaxSuppression', 'Celu', 'IsInf', 'CastLike'],
])

/** Inputs that are float32 whatever the operator computes in: the regions and the scales of Resize. */
export const float32Inputs: Readonly<Record<string, readonly number[]>> = { Resize: [1, 2] }

/** The largest number of float16. */
export const LARGEST_HALF = 65_504

/** Half of the least number of float16: what is nearer to 0 becomes 0. */
export const LEAST_HALF = 2 ** -25
