import { html } from '@dbloss/example-tfjs-browser/view/elements'
import type { LabelScore } from '../classifier.ts'
import { labelsIn, type Picture } from '../picture-set.ts'
import { draggedText } from './drop-zone.ts'
import type { ItemView } from './keyed-list.ts'
import { scoreBars } from './score-bars.ts'

/** What a card asks and tells. */
export interface CardHandlers {
  /** Finds the picture when it is dropped. */
  readonly idOf: (picture: Picture) => string
  readonly scoresOf: (picture: Picture) => readonly LabelScore[] | undefined
  readonly onLabels: (labels: readonly string[]) => void
  readonly onRemove: () => void
}

/** A picture with the field for its labels, and its scores once there are some. It can be dragged onto a label. */
export function pictureCard(picture: Picture, { idOf, scoresOf, onLabels, onRemove }: CardHandlers): ItemView {
  const { name } = picture.file
  const image = html('img', { src: picture.url, alt: name, draggable: 'false' })
  const field = html('input', {
    autocomplete: 'off',
    placeholder: 'as: sea, sunset',
    'aria-label': `Labels of ${name}`,
  })
  const remove = html('button', { type: 'button', class: 'remove', 'aria-label': `Remove ${name}` }, '×')
  const scores = html('div')
  const element = html(
    'article',
    { class: 'card', draggable: 'true', 'data-name': name },
    html('div', { class: 'thumbnail' }, image, remove),
    html('p', { class: 'file-name', title: name }, name),
    field,
    scores,
  )
  field.addEventListener('change', () => onLabels(labelsIn(field.value)))
  remove.addEventListener('click', onRemove)
  element.addEventListener('dragstart', (event) => event.dataTransfer?.setData(draggedText, idOf(picture)))

  const update = () => {
    field.value = picture.labels.join(', ')
    const found = scoresOf(picture)
    scores.replaceChildren(...(found === undefined ? [] : [scoreBars(found, picture.labels)]))
  }
  return { element, update }
}
