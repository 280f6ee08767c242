import { runColour } from '../colours.ts'
import { foldedTable } from '../data-table.ts'
import { counted, percent, percentRange, whole } from '../format.ts'
import { type Html, html, name } from '../html.ts'
import { type Interval, type Lead, type SplitKey, type SplitWinner, splitKeys } from '../numbers/comparison.ts'
import type { ReportNumbers } from '../numbers/report-numbers.ts'
import { panel, panels, section } from '../section.ts'
import { intervalChart } from './interval-chart.ts'

/** How the splits are called. */
export const splitTitles: Readonly<Record<SplitKey, string>> = {
  all: 'all labels',
  head: 'head',
  medium: 'medium',
  tail: 'tail',
}

/** Which run is best over all labels, and how sure that is; the first thing that is read. */
export function verdict({ comparison, runs }: ReportNumbers): Html {
  const best = comparison.winners.all
  if (best === undefined) return html`<p class="verdict">No label has a positive among the evaluated pictures.</p>`
  const value = html`mAP ${percent(best.map.estimate)} % (95 % interval ${percentRange(best.map)})`
  if (runs.length === 1) return html`<p class="verdict"><strong>${name(best.run)}</strong> reaches ${value}.</p>`
  const surpassed = best.leads.filter(isCertain)
  const closest = best.leads[0]!
  const others = best.leads.length
  const certainty =
    surpassed.length === others
      ? others === 1
        ? html`It is better than ${name(closest.over)} beyond chance: ${leadText(closest)}.`
        : html`It is better than all ${others} others beyond chance; the closest is ${name(closest.over)}: ${leadText(closest)}.`
      : html`It cannot be told apart from ${name(closest.over)} on these pictures: ${leadText(closest)}.`
  return html`<p class="verdict"><strong>${name(best.run)}</strong> is best over all labels: ${value}. ${certainty}</p>`
}

/** A tile for all labels and for each split: the best run and its lead. */
export function tiles({ comparison, classes }: ReportNumbers): Html {
  const shown = splitKeys.map((split) => {
    const count = classes.filter((entry) => split === 'all' || entry.split === split).length
    const colour = split === 'all' ? '' : html` style="border-top-color:var(--${split})"`
    return html`<div class="tile"${colour}><div class="what">${splitTitles[split]}${split === 'all' ? '' : ' labels'} · ${whole(count)}</div>
${tileContent(comparison.winners[split], count)}</div>`
  })
  return html`<div class="tiles">${shown}</div>`
}

function tileContent(winner: SplitWinner | undefined, count: number): Html {
  if (winner === undefined) {
    const reason = count === 0 ? 'There is no such label.' : 'None has a positive among the evaluated pictures.'
    return html`<div class="value">–</div><div class="versus">${reason}</div>`
  }
  const closest = winner.leads[0]
  const versus =
    closest !== undefined &&
    html`<div class="versus">${isCertain(closest) ? 'ahead of' : 'not told apart from'} ${name(closest.over)}: ${leadText(closest)}</div>`
  return html`<div class="value">${percent(winner.map.estimate)} <small>${percentRange(winner.map)}</small></div>
<div class="who">${name(winner.run)}</div>${versus}`
}

/** The runs beside each other: intervals, leads, numbers. */
export function comparisonSection(numbers: ReportNumbers): Html {
  const { comparison, evaluatedOn, pictures, runs } = numbers
  const placeOf = new Map(runs.map((run, place) => [run.name, place]))
  const measured = splitKeys.filter((split) => comparison.winners[split] !== undefined)
  const intervals = measured.map((split) =>
    panel(
      html`${splitTitles[split]} <small>mAP, %</small>`,
      intervalChart(
        `Mean average precision of each run over ${splitTitles[split]}, with intervals`,
        comparison.runs.map((run, place) => ({ name: run.name, colour: runColour(place), interval: run.map[split] })),
      ),
    ),
  )
  const leads = splitKeys.flatMap((split) => {
    const winner = comparison.winners[split]
    if (winner === undefined || winner.leads.length === 0) return []
    const rows = winner.leads.map((lead) => {
      return { name: `over ${lead.over}`, colour: runColour(placeOf.get(lead.over)!), interval: lead }
    })
    const title = html`${splitTitles[split]} <small>lead of ${name(winner.run)}, points</small>`
    return [
      panel(title, intervalChart(`Lead of the best run over the others, ${splitTitles[split]}`, rows, { zero: true })),
    ]
  })
  return section(
    'comparison',
    runs.length === 1 ? 'How good the run is' : 'Which run is best',
    html`Mean average precision on ${counted(pictures[evaluatedOn], 'picture')} of ${evaluatedOn}, in percent, with 95 % bootstrap
intervals (${comparison.resamples} resamples).${
      runs.length > 1 &&
      ` Whether one run is better than another is told by the interval of the lead, not by whether their own intervals overlap: a
lead whose interval stays above 0 is more than chance.`
    }`,
    panels(intervals),
    comparison.runs.some(({ map }) => splitKeys.some((split) => isOutside(map[split]))) &&
      html`<p class="note">Some intervals lie below their estimate. Average precision comes out too high where labels have few
positives; the intervals take that back, the estimates do not. Leads are hardly affected.</p>`,
    leads.length > 0 &&
      html`<h3>Leads</h3>${panels(leads)}<p class="note">The best run was chosen on these very pictures, which
flatters its lead a little. Intervals tell how much depends on the evaluated pictures, not on the training run.</p>`,
    comparisonTable(numbers),
  )
}

function comparisonTable({ comparison, runs }: ReportNumbers): Html {
  const splitColumns = splitKeys.flatMap((split) => [
    { title: `mAP ${splitTitles[split]} (%)`, number: true },
    { title: '95 % interval', number: true },
  ])
  return foldedTable('The numbers', {
    columns: [
      { title: 'run' },
      { title: 'loss' },
      { title: 'sampler' },
      ...splitColumns,
      { title: 'micro F1 (%)', number: true },
      { title: 'macro F1 (%)', number: true },
    ],
    rows: runs.map((run, place) => [
      name(run.name),
      name(run.loss),
      name(run.sampler),
      ...splitKeys.flatMap((split) => {
        const interval = comparison.runs[place]!.map[split]
        return [percent(interval.estimate), percentRange(interval)]
      }),
      percent((run.tuned ?? run.untuned).f1.micro),
      percent((run.tuned ?? run.untuned).f1.macro),
    ]),
  })
}

function isOutside({ estimate, lower, upper }: Interval): boolean {
  return estimate < lower || estimate > upper
}

function isCertain({ lower }: Lead): boolean {
  return lower > 0
}

function leadText(lead: Lead): Html {
  return html`${percent(lead.estimate)} points (${percentRange(lead)})`
}
