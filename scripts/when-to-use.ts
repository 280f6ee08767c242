import type { LossName } from '@dbloss/core'

/** When each loss is worth a try: what it is made for, and what it needs. The page of losses prints it. */
export const whenToUse: Readonly<Record<Exclude<LossName, 'distribution-balanced'>, string>> = {
  db: 'Long-tailed labels that occur together, with the class-aware sampler; for a linear head before `db-focal`.',
  'db-focal': 'The published loss, for fine-tuning with the class-aware sampler and to compare with papers.',
  bce: 'The baseline, and enough where classes are balanced or every class has hundreds of samples.',
  focal: 'Many easy negatives; with any sampler.',
  'r-bce':
    'Beside the class-aware sampler, where frequent labels come along with the rare ones it asks for. Not with uniform sampling.',
  'r-bce-focal': 'As `r-bce`, where there are many easy negatives besides.',
  'nt-bce': 'Where negatives outnumber positives by far and the sampler cannot be changed.',
  'nt-bce-focal': 'As `nt-bce`, where most negatives are easy.',
  'cb-focal': 'Networks whose classes share weights, with counts between a few and a few thousand.',
  inverse: 'Networks whose classes share weights. For a linear head with AdamW it is BCE.',
  'sqrt-inverse': 'As `inverse`, where the rarest classes would drown all others.',
  'logit-adjusted':
    'Ranking rare classes with uniform sampling. Its threshold is not at 0: tune it, or use `adjustLogits`.',
  'logit-adjusted-softmax': 'One label a sample, or ranking; not where labels are decided one by one.',
  'balanced-softmax': 'The same as `logit-adjusted-softmax` at τ = 1, under the name of its paper.',
  zlpr: 'When the number of labels of a sample is to be right: all positives above 0, all negatives below.',
  'two-way': 'Ranking along samples and along classes, in batches of 100 and more. Tune the threshold.',
  ldam: 'Heads with normalised features and weights (cosine logits); set `scale` 1 for others.',
  equalization: 'Classes in fewer than one sample in 500, which negatives of all other samples press down.',
  drop: 'As `equalization`, where samples without any label are common.',
  'equalization-v2': 'Long trainings, when the balance of gradients is to be found on the way instead of from counts.',
  seesaw: 'One label a sample, with frequencies that change or are not known before.',
  unbiased: 'Positive labels that are missing with a known probability; stop early.',
  'upper-bound': 'As `unbiased`, with less variance and a loss that is bounded below.',
  'pick-all-labels': 'Ranking for precision at k, with or without missing labels.',
  asymmetric:
    'Negatives that are many and partly wrong; with a class-aware sampler where one class is nearly everywhere.',
  hill: 'Missing positives whose probability is not known.',
  'logistic-hamming': 'Where each label counts the same.',
  'logistic-subset': 'Where a sample is right only with all its labels.',
  'logistic-f1': 'F1 of the sample, with uniform sampling.',
  'logistic-jaccard': 'Intersection over union of the sample, with uniform sampling.',
}
