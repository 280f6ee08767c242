import { applyHead, classifierConfig } from '@dbloss/transformers/browser'

const head = { weights: Float32Array.of(1, 0, 0, 1), bias: Float32Array.of(0, 1), classCount: 2 }
const logits = applyHead(head, Float32Array.of(2, 3))
if (logits[0] !== 2 || logits[1] !== 4) throw new Error(`the logits are ${logits}`)
const config = classifierConfig({ config: { model_type: 'vit' }, model: 'vit', classNames: ['sea', 'sky'], record: {} })
if (config.problem_type !== 'multi_label_classification') throw new Error('the config is not one of multi-label models')
