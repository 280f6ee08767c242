import { html } from '@dbloss/example-tfjs-browser/view/elements'
import { type DropHandlers, takeDrops } from './drop-zone.ts'
import type { ItemView } from './keyed-list.ts'

/** What a label asks and tells. */
export interface LabelHandlers extends DropHandlers {
  readonly count: () => number
  readonly onRemove: () => void
}

/** A label: pictures that are dropped on it get it. */
export function labelItem(name: string, { count, onRemove, ...drops }: LabelHandlers): ItemView {
  const counter = html('span', { class: 'quiet' })
  const input = html('input', {
    type: 'file',
    accept: 'image/*',
    multiple: '',
    class: 'hidden-input',
    'aria-label': `Add pictures of ${name}`,
  })
  const add = html('label', { class: 'add' }, input, html('span', { 'aria-hidden': 'true' }, '+ pictures'))
  const remove = html('button', { type: 'button', class: 'remove', 'aria-label': `Remove the label ${name}` }, '×')
  const element = html('li', { 'data-label': name }, html('strong', {}, name), counter, add, remove)
  takeDrops(element, input, drops)
  remove.addEventListener('click', onRemove)
  const update = () => {
    counter.textContent = `${count()}`
    counter.setAttribute('aria-label', `${count()} pictures`)
  }
  return { element, update }
}
