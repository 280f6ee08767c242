import type { LabelPrediction } from '@dbloss/tfjs'
import { kindNames } from '../pictures/kinds.ts'
import type { Picture } from '../pictures/picture-set.ts'
import { html } from './elements.ts'
import { drawLegend, type LegendEntry } from './legend.ts'
import { showPicture } from './picture-view.ts'

/** What one model says of the pictures. */
export interface NamedPrediction extends LegendEntry {
  readonly prediction: Pick<LabelPrediction, 'labels'>
}

/** Test pictures, and what each model finds in them. */
export function showPredictions(
  container: HTMLElement,
  pictures: readonly Picture[],
  models: readonly NamedPrediction[],
): void {
  const cards = pictures.map((picture, row) => {
    const truth = picture.shown.map((index) => kindNames[index]).join(', ')
    const answers = models.map(({ title, className, prediction }) =>
      html('div', { class: `answer ${className}`, 'aria-label': title }, ...chips(picture, prediction.labels[row]!)),
    )
    return html('figure', {}, showPicture(picture, truth), html('figcaption', {}, html('b', {}, truth), ...answers))
  })
  container.replaceChildren(
    html('h2', {}, 'What they find in test pictures'),
    html(
      'p',
      { class: 'quiet' },
      'Above each answer: what the picture shows. Every score over 50 % counts as found; ✓ is right, ✗ is not in the picture.',
    ),
    drawLegend(models),
    html('div', { class: 'pictures wide' }, ...cards),
  )
  container.hidden = false
}

function chips({ shown }: Picture, found: LabelPrediction['labels'][number]): (HTMLElement | string)[] {
  if (found.length === 0) return [html('span', { class: 'quiet' }, 'nothing above 50 %')]
  return found.map(({ classIndex, label, score }) => {
    const isRight = shown.includes(classIndex)
    const text = `${isRight ? '✓' : '✗'} ${label} ${Math.round(100 * score)}`
    return html('span', { class: `chip ${isRight ? 'right' : 'wrong'}` }, text)
  })
}
