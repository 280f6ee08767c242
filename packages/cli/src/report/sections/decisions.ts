import { dataTable } from '../data-table.ts'
import { percent } from '../format.ts'
import { type Html, html, name } from '../html.ts'
import type { ReportNumbers } from '../numbers/report-numbers.ts'
import { section } from '../section.ts'

/** F1 of the runs before and after thresholds were tuned; the thresholds of each class are in the table of all classes. */
export function decisionsSection({ runs, evaluatedOn }: ReportNumbers): Html {
  const tuned = runs.filter((run) => run.tuned !== null)
  const source =
    tuned.length === 0
      ? 'There are no validation pictures beside the evaluated ones and no thresholds in the file, so none were tuned.'
      : evaluatedOn === 'validation'
        ? 'The thresholds were tuned on the very pictures that are measured here, which flatters them.'
        : 'The thresholds were tuned on the validation pictures and are measured on others.'
  return section(
    'thresholds',
    'Decisions and thresholds',
    html`A label is predicted where its score is above a threshold: 50 % untuned, or one tuned for each label. ${source} The threshold
of each label is in the table “Every label”.`,
    dataTable({
      columns: [
        { title: 'run' },
        { title: 'thresholds' },
        { title: 'micro F1 (%)', number: true },
        { title: 'macro F1 (%)', number: true },
        { title: 'samples F1 (%)', number: true },
      ],
      rows: runs.flatMap(({ name: run, untuned, tuned }) =>
        [{ kind: '50 %', decisions: untuned }, ...(tuned === null ? [] : [{ kind: 'tuned', decisions: tuned }])].map(
          ({ kind, decisions: { f1 } }) => [name(run), kind, percent(f1.micro), percent(f1.macro), percent(f1.samples)],
        ),
      ),
    }),
  )
}
