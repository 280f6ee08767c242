import { html } from '@dbloss/example-tfjs-browser/view/elements'
import type { LabelScore } from '../classifier.ts'

/** The scores of a picture as bars; the labels that it was given are marked. */
export function scoreBars(scores: readonly LabelScore[], given: readonly string[]): HTMLElement {
  const rows = scores.map(({ label, score }) => {
    const isGiven = given.includes(label)
    const bar = html('span', { class: 'bar', 'aria-hidden': 'true' })
    bar.style.setProperty('--share', `${100 * score}%`)
    return html(
      'li',
      { class: score >= 0.5 ? 'found' : 'absent', 'data-label': label, 'data-score': score },
      html('span', { class: 'name' }, isGiven ? `${label} ✓` : label),
      bar,
      html('span', { class: 'percent' }, `${Math.round(100 * score)} %`),
    )
  })
  return html('ol', { class: 'scores', 'aria-label': 'Scores' }, ...rows)
}
