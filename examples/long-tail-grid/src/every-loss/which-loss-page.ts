import type { ComparedLoss, EveryLossResults, TaskComparison } from './compare-losses.ts'
import { shown, signed, withInterval } from './shown-numbers.ts'

const command = 'DBLOSS_REAL_DATA=… npx -y pnpm@10.34.9 benchmark:losses'

/** The page "which loss, which μ, which sampler", from what the benchmark measured. */
export function whichLossPage(results: EveryLossResults): string {
  const { date, versions, machine, tasks } = results
  return [
    '# Which loss, which sampler, which μ',
    '',
    '<!-- written by `pnpm docs:which-loss` from docs/data/every-loss.json; run the benchmark again instead of changing this page -->',
    '',
    `A linear head with every named loss and both samplers on three real data sets, by \`${command}\`, ${date}, ` +
      `${Object.entries(versions)
        .map(([name, version]) => `${name} ${version}`)
        .join(', ')}, ${machine}. ` +
      'Every loss has its defaults; all have the same learning rate, number of steps and optimizer (AdamW). The data is not part of this repository.',
    '',
    'Intervals are of 95 %, from resampled test samples. They do not know of other training runs: a difference below half a point is noise whatever its interval.',
    'Gains are paired: both models on the same resampled test samples. Average precision is too high where positives are few; intervals take that',
    'back, and so can lie below the number that they belong to. Compare losses by their gains.',
    '',
    '## In short',
    '',
    ...tasks.flatMap(shortAnswer),
    '',
    ...samplerAnswer(tasks),
    '',
    '- RW, sqrt-RW and CB-Focal by class can be no better than BCE and Focal for a linear head: classes are learned apart, and AdamW takes a constant factor out again. They matter where classes share weights.',
    '- EQL and DropLoss spare classes in fewer than 0.2 % of the samples; where there are none, they are BCE. DropLoss differs from EQL in samples without labels only, and there are none here.',
    '- Softmax losses (balanced, logit-adjusted, Seesaw, pick-all-labels) and the two-way loss rank labels; their scores have no natural threshold at 0. F1 below is at tuned thresholds for all losses.',
    '- Ten epochs of bibtex are few, and favour losses that push positives hard: a separate test in PyTorch gave BCE 27.3 after thirty.',
    '- Unbiased and upper bound take the labels for incomplete by Jain’s propensities. These data sets are not known to be.',
    '',
    ...tasks.flatMap(taskSection),
    '## Which μ',
    '',
    `DB without the focal factor, class-aware sampling. \`'auto'\` is (mean + median)/2 of r over the positive labels; it stays within ${shown(Math.max(...tasks.map(behindBestMu)))} points of mAP of the best μ tried here, on every data set.`,
    '',
    ...tasks.flatMap(muSection),
  ].join('\n')
}

function shortAnswer({ title, cells }: TaskComparison): string[] {
  const ranked = [...cells].sort((a, b) => b.map.all! - a.map.all!)
  const [best, ...others] = ranked
  const equal = others.filter(({ behindBest }) => behindBest.interval[1] >= 0)
  const told = equal.slice(0, 8).map(shortName).join(', ')
  const more = equal.length > 8 ? ` and ${equal.length - 8} more` : ''
  return [
    `- **${title.split(':')[0]}**: ${shortName(best!)} with ${best!.map.all!.toFixed(1)}, ${signed(best!.gain.estimate)} above BCE. ` +
      (equal.length === 0
        ? 'Every other is behind it, beyond its interval.'
        : `Not to be told from it: ${told}${more}.`),
  ]
}

/** Class-aware beside uniform sampling, loss by loss. */
function samplerAnswer(tasks: readonly TaskComparison[]): string[] {
  const lines = tasks.map(({ title, cells }) => {
    const gains = cells
      .filter(({ sampler }) => sampler === 'class-aware')
      .map((cell) => {
        const uniform = cells.find(({ loss, sampler }) => loss === cell.loss && sampler === 'uniform')!
        return { title: cell.title, gain: cell.map.all! - uniform.map.all! }
      })
      .sort((a, b) => b.gain - a.gain)
    const better = gains.filter(({ gain }) => gain > 0).length
    const [most, least] = [gains[0]!, gains.at(-1)!]
    return `- **Class-aware sampling, ${title.split(':')[0]}**: better than uniform for ${better} of ${gains.length} losses; most for ${most.title} (${signed(most.gain)}), least for ${least.title} (${signed(least.gain)}).`
  })
  return lines
}

function taskSection(task: TaskComparison): string[] {
  const { name, title, cells, testSamples } = task
  const heading = title.split(':')[0]!
  return [
    `## ${heading}`,
    '',
    `${title}. Measured on ${testSamples} test samples.`,
    '',
    `![${heading}: points of mAP above BCE with uniform sampling, for every loss and sampler](./pictures/every-loss-${name}.svg)`,
    '',
    '| loss | sampler | mAP | head | medium | tail | above BCE | F1 macro / micro | ms a step |',
    '|---|---|---|---|---|---|---|---|---|',
    ...[...cells].sort((a, b) => b.map.all! - a.map.all!).map(tableRow),
    '',
  ]
}

function tableRow(cell: ComparedLoss): string {
  const { title, loss, sampler, map, gain, f1, stepTime } = cell
  const columns = [
    `${title} (\`${loss}\`)`,
    sampler,
    withInterval(cell, 'all'),
    shown(map.head),
    shown(map.medium),
    withInterval(cell, 'tail'),
    `${signed(gain.estimate)} [${gain.interval.map(signed).join(', ')}]`,
    `${shown(f1.macro)} / ${shown(f1.micro)}`,
    stepTime.toFixed(1),
  ]
  return `| ${columns.join(' | ')} |`
}

/** How far `auto` stays behind the best μ, in points of mAP. */
function behindBestMu({ mu }: TaskComparison): number {
  const maps = mu.map(({ map }) => map.all!)
  return Math.max(...maps) - mu.find((result) => result.mu === 'auto')!.map.all!
}

function muSection({ title, mu }: TaskComparison): string[] {
  return [
    `**${title.split(':')[0]}**`,
    '',
    `| μ | ${mu.map(({ mu: asked, value }) => (asked === 'auto' ? `auto (${value})` : asked)).join(' | ')} |`,
    `|---|${mu.map(() => '---').join('|')}|`,
    ...(['all', 'head', 'medium', 'tail'] as const)
      .filter((split) => mu.some(({ map }) => map[split] !== undefined))
      .map((split) => `| ${split === 'all' ? 'mAP' : split} | ${mu.map(({ map }) => shown(map[split])).join(' | ')} |`),
    '',
  ]
}

const shortName = ({ title, sampler }: ComparedLoss): string => `${title} (${sampler})`
