import { createHash } from 'node:crypto'
import type { Predictions } from '@dbloss/transformers'
import { counted, whole } from './format.ts'
import { type Html, html, scriptJson, trusted } from './html.ts'
import { type ReportNumbers, reportNumbers } from './numbers/report-numbers.ts'
import { script } from './script.ts'
import { calibrationSection } from './sections/calibration.ts'
import { classDistributionSection } from './sections/class-distribution.ts'
import { coOccurrenceSection } from './sections/co-occurrence.ts'
import { comparisonSection, tiles, verdict } from './sections/comparison.ts'
import { decisionsSection } from './sections/decisions.ts'
import { everyLabelSection } from './sections/every-label.ts'
import { mostWrongSection, shownFiles, suspectsSection, type Thumbnails } from './sections/pictures.ts'
import { precisionByFrequencySection } from './sections/precision-by-frequency.ts'
import { precisionRecallSection } from './sections/precision-recall.ts'
import { trainingCurvesSection } from './sections/training-curves.ts'
import { style } from './style.ts'
import type { ReadThumbnail } from './thumbnails.ts'

/** What {@link reportHtml} takes beside the predictions. */
export interface ReportOptions {
  /** See {@link thumbnailsIn}. */
  readonly readThumbnail: ReadThumbnail
  /** The heading of the page. Default: `Training report`. */
  readonly title?: string
}

/**
 * A report on training runs as one HTML file that needs nothing else: which run is best and how sure that is, the classes,
 * curves, calibration, pictures to look at. Every number is in it as JSON too, in the element `#dbloss-numbers`.
 *
 * The page has a policy that forbids it any request and any script but its own; names are escaped.
 *
 * @throws DblossError `data` for predictions without a scored picture. What `readThumbnail` throws comes through.
 */
export async function reportHtml(predictions: Predictions, options: ReportOptions): Promise<string> {
  const { readThumbnail, title = 'Training report' } = options
  const numbers = reportNumbers(predictions)
  const thumbnails = new Map<string, string>()
  for (const file of shownFiles(numbers)) {
    const jpeg = await readThumbnail(file)
    if (jpeg !== undefined) thumbnails.set(file, Buffer.from(jpeg).toString('base64'))
  }
  return page(title, numbers, thumbnails).html
}

/** Links to the sections, in their order. */
const contents: readonly (readonly [id: string, title: string])[] = [
  ['comparison', 'Comparison'],
  ['distribution', 'Labels'],
  ['frequency', 'By frequency'],
  ['precision-recall', 'Precision and recall'],
  ['thresholds', 'Thresholds'],
  ['calibration', 'Calibration'],
  ['training', 'Training'],
  ['co-occurrence', 'Co-occurrence'],
  ['most-wrong', 'Most wrong'],
  ['suspects', 'Suspect labels'],
  ['labels', 'Every label'],
]

function page(title: string, numbers: ReportNumbers, thumbnails: Thumbnails): Html {
  const hash = createHash('sha256').update(script).digest('base64')
  // One label has nothing to come together with.
  const linked = contents.filter(([id]) => id !== 'co-occurrence' || numbers.classes.length > 1)
  const policy = `default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`
  return html`<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${title}</title>
<style>${trusted(style)}</style>
</head>
<body>
<header><h1>${title}</h1>
<p class="facts">${facts(numbers)}</p>
${verdict(numbers)}
${tiles(numbers)}
<nav aria-label="Sections">${linked.map(([id, text]) => html`<a href="#${id}">${text}</a>`)}</nav>
</header>
<main>
${comparisonSection(numbers)}
${classDistributionSection(numbers)}
${precisionByFrequencySection(numbers)}
${precisionRecallSection(numbers)}
${decisionsSection(numbers)}
${calibrationSection(numbers)}
${trainingCurvesSection(numbers)}
${coOccurrenceSection(numbers)}
${mostWrongSection(numbers, thumbnails)}
${suspectsSection(numbers, thumbnails)}
${everyLabelSection(numbers)}
</main>
<script type="application/json" id="dbloss-numbers">${scriptJson(numbers)}</script>
<script>${trusted(script)}</script>
</body>
</html>
`
}

function facts({ pictures, classes, runs, evaluatedOn }: ReportNumbers): string {
  return [
    counted(classes.length, 'label'),
    counted(pictures.training, 'training picture'),
    `measured on ${whole(pictures[evaluatedOn])} of ${evaluatedOn}`,
    counted(runs.length, 'run'),
  ].join(' · ')
}
