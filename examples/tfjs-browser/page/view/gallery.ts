import { kindNames } from '../pictures/kinds.ts'
import type { PictureSet } from '../pictures/picture-set.ts'
import { html } from './elements.ts'
import { drawLegend } from './legend.ts'
import { showPicture } from './picture-view.ts'
import { splitLegend, splitNames } from './splits.ts'

/** A training picture of each kind, so that the rare ones are seen too, with everything that it shows. */
export function showGallery(container: Element, { train, statistics }: PictureSet): void {
  const splits = splitNames(statistics)
  const figures = kindNames.flatMap((_, kind) => {
    const picture = train.find(({ shown }) => shown.includes(kind) && Math.max(...shown) === kind)
    if (picture === undefined) return []
    const names = [...picture.shown].sort((one, other) => other - one)
    const chips = names.map((index) => html('span', { class: `chip ${splits[index]}` }, kindNames[index]!))
    const description = names.map((index) => kindNames[index]).join(', ')
    return [html('figure', {}, showPicture(picture, description), html('figcaption', {}, ...chips))]
  })
  container.replaceChildren(
    html('h2', {}, `Some of the ${train.length} training pictures`),
    html('p', { class: 'quiet' }, 'The rare things are mostly seen beside frequent ones.'),
    drawLegend(splitLegend),
    html('div', { class: 'pictures' }, ...figures),
  )
}
