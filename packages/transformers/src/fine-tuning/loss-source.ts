import { DblossError, type InputSource, type Loss } from '@dbloss/core'

/**
 * Checks that a training by epochs can make the further inputs of a loss.
 *
 * @throws DblossError `argument` for a loss with inputs that are data of the user's, as the logits of a teacher.
 */
export function checkHasSource({ name, inputs, inputSource }: Loss): void {
  const further = Object.keys(inputs)
  if (further.length === 0 || inputSource !== undefined) return
  throw new DblossError(
    'argument',
    `${name} needs the inputs ${further.join(', ')} with each batch; give them to the steps of createHeadTrainer or createTrainer of @dbloss/onnx-training`,
    { argument: 'loss', found: further, expected: 'a loss of logits and labels, or one with an inputSource' },
  )
}

/**
 * The source of the further inputs of a loss for one training, where it has any.
 *
 * @throws DblossError as {@link checkHasSource}.
 */
export function lossSource(
  loss: Loss,
  options: { readonly classCount: number; readonly seed: number },
): { readonly inputSource?: InputSource } {
  checkHasSource(loss)
  return loss.inputSource === undefined ? {} : { inputSource: loss.inputSource(options) }
}
