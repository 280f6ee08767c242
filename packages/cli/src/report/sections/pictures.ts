import { probability, shortened, whole } from '../format.ts'
import { type Html, html, name, trusted } from '../html.ts'
import type { LabelSuspect } from '../numbers/label-suspects.ts'
import type { ClassProbability, WrongPicture } from '../numbers/most-wrong.ts'
import type { ReportNumbers } from '../numbers/report-numbers.ts'
import { section } from '../section.ts'

/** The thumbnails that were read, by file, as JPEG in base64; absent for pictures that cannot be read. */
export type Thumbnails = ReadonlyMap<string, string>

/** The files of which thumbnails are shown. */
export function shownFiles({ mostWrong, suspects }: ReportNumbers): string[] {
  const pictures = [...mostWrong, ...suspects.missing, ...suspects.wrong]
  return [...new Set(pictures.map(({ file }) => file))]
}

/** The pictures that the best run judges worst. */
export function mostWrongSection({ mostWrong, judge, classes }: ReportNumbers, thumbnails: Thumbnails): Html {
  return section(
    'most-wrong',
    'The most wrong pictures',
    html`Evaluated pictures with the highest cross-entropy by ${name(judge)}, summed over all labels: either the model is wrong, or the
labels are. With the score of each label, and of others that reach 10 %.`,
    html`<ul class="pictures">${mostWrong.map((picture) => wrongCard(picture, classes, thumbnails))}</ul>`,
  )
}

/** Labels that may be missing or wrong. */
export function suspectsSection({ suspects, judge, classes }: ReportNumbers, thumbnails: Thumbnails): Html {
  const { missing, wrong, found } = suspects
  const cards = (entries: readonly LabelSuspect[], typical: string): Html =>
    html`<ul class="pictures">${entries.map((entry) => suspectCard(entry, { classes, thumbnails, typical }))}</ul>`
  const heading = (what: string, shown: number, all: number): Html =>
    html`<h3>${what}: ${whole(all)}${shown < all ? `, the clearest ${shown}` : ''}</h3>`
  return section(
    'suspects',
    'Labels to look at again',
    html`By the rule of confident learning (Northcutt et al., 2021), on the pictures that ${name(judge)} was not trained on. A label may
be missing where its score is at least the mean score of the pictures that have it; it may be wrong where its score is at most the
mean score of the pictures without it. Where both hold, the side of 50 % decides. A suspicion is not a proof.`,
    heading('Perhaps missing', missing.length, found.missing),
    cards(missing, 'with the label'),
    heading('Perhaps wrong', wrong.length, found.wrong),
    cards(wrong, 'without it'),
  )
}

function wrongCard(
  { file, labelled, others }: WrongPicture,
  classes: ReportNumbers['classes'],
  thumbnails: Thumbnails,
): Html {
  const line = ({ class: index, probability: value }: ClassProbability): Html =>
    html`<li>${name(classes[index]!.name)}<span>${probability(value)}</span></li>`
  const hidden = labelled.length - mostLines
  return card(
    file,
    thumbnails,
    html`<h4>${labelled.length === 0 ? 'no label' : 'labelled'}</h4>
<ul class="good">${labelled.slice(0, mostLines).map(line)}${hidden > 0 && html`<li>… ${hidden} more</li>`}</ul>
${others.length > 0 && html`<h4>not labelled</h4><ul class="bad">${others.map(line)}</ul>`}`,
  )
}

/** A picture with very many labels does not fill the page. */
const mostLines = 6

function suspectCard(
  suspect: LabelSuspect,
  { classes, thumbnails, typical }: { classes: ReportNumbers['classes']; thumbnails: Thumbnails; typical: string },
): Html {
  return card(
    suspect.file,
    thumbnails,
    html`<ul><li><strong>${name(classes[suspect.class]!.name)}</strong><span>${probability(suspect.probability)}</span></li></ul>
<div class="note">pictures ${typical}: ${probability(suspect.typical)} on average · ${suspect.split}</div>`,
  )
}

function card(file: string, thumbnails: Thumbnails, about: Html): Html {
  const jpeg = thumbnails.get(file)
  const picture =
    jpeg === undefined
      ? html`<div class="no-image">picture not found</div>`
      : html`<img src="data:image/jpeg;base64,${trusted(jpeg)}" alt="">`
  return html`<li class="picture">${picture}<div class="about"><div class="file" title="${file}">${name(shortened(file, 80))}</div>${about}</div></li>`
}
