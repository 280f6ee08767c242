/**
 * Writes docs/losses.md from the losses themselves: names, formulas, parameters and sources.
 * `--check` fails when the page differs from what the code says.
 */
import { readFileSync, writeFileSync } from 'node:fs'
import {
  classIncrementalLoss,
  type Loss,
  labelPropensities,
  labelStatistics,
  lossLatex,
  namedLosses,
  normalizedPickAllLabelsLoss,
  sampledLogisticLoss,
  sampledSoftmaxLoss,
} from '@dbloss/core'
import { whenToUse } from './when-to-use.ts'

/** A few label sets; formulas are printed with symbols, so that the numbers do not show. */
const statistics = labelStatistics([[0], [0, 1], [0, 2], [1], []], { classCount: 3 })

const symbols = `z logits, y labels, n_i training samples of class i, N training samples, b_i = logit(n_i / N), π_i = n_i / Σ_j n_j, σ sigmoid, w_i the weight (r̂_i in the paper of DB), p_i the propensity where labels are missing; in the losses of detection f_i = n_i / N, u_i random numbers on [0, 1), g_i the gradient of positives over that of negatives so far, N_i positive labels so far; the 2 of the focal losses is \`balance\``

/** Losses that need more than statistics, and so have no name for the command line. */
const furtherLosses: readonly { title: string; call: string; summary: string; loss: Loss }[] = [
  {
    title: 'Normalised pick-all-labels',
    call: 'normalizedPickAllLabelsLoss(propensities)',
    summary: 'pick-all-labels with the weights of a row normalised: steadier, and biased',
    loss: normalizedPickAllLabelsLoss(labelPropensities(statistics)),
  },
  {
    title: 'Sampled softmax',
    call: 'sampledSoftmaxLoss({ tau })',
    summary: 'softmax against a few drawn classes of very many; see [many classes](many-classes.md)',
    loss: sampledSoftmaxLoss({ tau: 1 }),
  },
  {
    title: 'Sampled logistic',
    call: 'sampledLogisticLoss({ tau })',
    summary: 'binary cross-entropy against a few drawn classes of very many; see [many classes](many-classes.md)',
    loss: sampledLogisticLoss(),
  },
  {
    title: 'Class-incremental',
    call: 'classIncrementalLoss({ classCount, oldClasses })',
    summary: 'new classes from labels, old ones from the model before, whose logits v are an input',
    loss: classIncrementalLoss({ classCount: 3, oldClasses: [0] }),
  },
]

const namedSections = Object.entries(namedLosses)
  .filter(([name]) => name !== 'distribution-balanced')
  .map(([name, { title, summary, create }]) =>
    section(
      title,
      `\`--loss ${name}\`, \`namedLoss('${name}', statistics)\`: ${summary}.\n\nWhen to use it: ${whenToUse[name as keyof typeof whenToUse]}`,
      create(statistics),
    ),
  )
const furtherSections = furtherLosses.map(({ title, call, summary, loss }) =>
  section(title, `\`${call}\`: ${summary}.`, loss, 'Printed with'),
)

function section(title: string, use: string, loss: Loss, parametersAre = 'Defaults'): string {
  const isMuFound = 'mu' in loss.parameters && loss.statistics !== undefined
  const parameters = Object.entries(loss.parameters)
    .filter(([key, value]) => !(key === 'mu' && isMuFound) && !Array.isArray(value))
    .map(([key, value]) => `\`${key}\` ${typeof value === 'object' ? JSON.stringify(value) : String(value)}`)
  const mu = isMuFound ? ['`mu` auto'] : []
  const propensities = 'propensities' in loss.parameters ? ['`propensities` of `labelPropensities(statistics)`'] : []
  const defaults = [...mu, ...propensities, ...parameters].join(', ')
  const inputs = Object.keys(loss.inputs).map((input) => `\`${input}\``)
  const source =
    loss.inputSource === undefined ? 'given with each batch' : 'made by `loss.inputSource`, which the trainers drive'
  return [
    `## ${title}`,
    '',
    use,
    '',
    '```math',
    lossLatex(loss),
    '```',
    '',
    ...(defaults === '' ? [] : [`${parametersAre}: ${defaults}.`, '']),
    ...(inputs.length === 0 ? [] : [`Further inputs: ${inputs.join(', ')}, ${source}.`, '']),
    ...(loss.reference === undefined ? [] : [`Source: ${loss.reference}.`, '']),
  ].join('\n')
}

const page = [
  '# The losses',
  '',
  '<!-- written by scripts/generate-loss-page.ts; change the losses, not this page -->',
  '',
  `Every formula below is printed from the code that computes it. Notation: ${symbols}.`,
  'Unknown labels (−1) and the reduction are left out of the formulas; a row without positives has r_i = ∞, so w_i = α + 1.',
  'Losses between these are [put together from parts](composing-losses.md); [what is not done](not-done.md) says which are missing, and why.',
  'All of them pass the same suite [on every target](conformance.md); [which loss](which-loss.md) compares them on real data.',
  '',
  ...namedSections,
  ...furtherSections,
].join('\n')

const file = 'docs/losses.md'
if (!process.argv.includes('--check')) {
  writeFileSync(file, page)
  console.log(`wrote ${file}`)
} else if (readFileSync(file, 'utf8') === page) {
  console.log(`${file} says what the code does`)
} else {
  console.error(`${file} differs from the code; run pnpm docs:losses`)
  process.exitCode = 1
}
