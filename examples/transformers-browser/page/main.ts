/** The page: takes pictures and labels, trains a classifier on them, shows what it makes of pictures, and gives it away. */
import { showLossCurve } from '@dbloss/example-onnx-browser/view/loss-curve'
import { find, html } from '@dbloss/example-tfjs-browser/view/elements'
import { Backbone } from './backbone.ts'
import { Classifier, type LabelScore } from './classifier.ts'
import { modelZip } from './model-zip.ts'
import { labelsIn, type Picture, PictureSet, readPicture } from './picture-set.ts'
import { trainingSet } from './training-set.ts'
import { Controls } from './view/controls.ts'
import { ignoreOtherDrops, takeDrops } from './view/drop-zone.ts'
import { keyedList } from './view/keyed-list.ts'
import { labelItem } from './view/label-item.ts'
import { pictureCard } from './view/picture-card.ts'
import { Problem } from './view/problem.ts'
import { scoreBars } from './view/score-bars.ts'

/** Small, for a page that is opened for the first time. */
const defaultBackbone = 'onnx-community/mobilenet_v2_1.0_224'
/** Milliseconds between two drawings of the curve. */
const drawingPause = 100

const set = new PictureSet()
const controls = new Controls(defaultBackbone)
const [pictureProblem, trainingProblem, tryProblem] = [
  new Problem('picture-problem'),
  new Problem('training-problem'),
  new Problem('try-problem'),
]
let backbone: Backbone | undefined
let classifier: Classifier | undefined
let scores = new Map<Picture, LabelScore[]>()
let tried: Picture | undefined
let training: AbortController | undefined

const showLabels = keyedList(
  find('labels', HTMLElement),
  () => set.labelNames,
  (name) =>
    labelItem(name, {
      count: () => set.countOf(name),
      onFiles: (files) => void pictureProblem.guard(() => addPictures(files, name)),
      onText: (id) => {
        const picture = set.pictures.find(({ url }) => url === id)
        if (picture !== undefined) change(() => set.label(picture, [...picture.labels, name]))
      },
      onRemove: () => change(() => set.removeLabel(name)),
    }),
)
const showCards = keyedList(
  find('cards', HTMLElement),
  () => set.pictures,
  (picture) =>
    pictureCard(picture, {
      idOf: ({ url }) => url,
      scoresOf: (shown) => scores.get(shown),
      onLabels: (labels) => change(() => set.label(picture, labels)),
      onRemove: () => change(() => set.remove(picture)),
    }),
)

ignoreOtherDrops()
takeDrops(find('drop', HTMLElement), find('files', HTMLInputElement), {
  onFiles: (files) => void pictureProblem.guard(() => addPictures(files)),
})
takeDrops(find('try-drop', HTMLElement), find('try-file', HTMLInputElement), {
  onFiles: ([file]) => void tryProblem.guard(() => tryPicture(file)),
})
find('label-form', HTMLFormElement).addEventListener('submit', (event) => {
  event.preventDefault()
  const field = find('label-name', HTMLInputElement)
  change(() => set.addLabels(labelsIn(field.value)))
  field.value = ''
})
controls.train.addEventListener('click', () => void trainingProblem.guard(train))
controls.stop.addEventListener('click', () => {
  controls.showState('stopping', 'Stopping …')
  training?.abort()
})
controls.download.addEventListener('click', () => void trainingProblem.guard(download))
window.addEventListener('beforeunload', (event) => {
  if (controls.isBusy) event.preventDefault()
})
show()

/** Changes pictures or labels, and shows it. */
function change(make: () => void): void {
  make()
  show()
}

function show(): void {
  showLabels()
  showCards()
  const labelled = set.pictures.filter(({ labels }) => labels.length > 0).length
  const left = set.pictures.length - labelled
  const others = left === 0 ? '' : ` Not trained on, as they have no label: ${left}.`
  find('summary', HTMLElement).textContent =
    set.pictures.length === 0 ? '' : `${labelled} of ${set.pictures.length} pictures have labels.${others}`
}

async function addPictures(files: readonly File[], label?: string): Promise<void> {
  const refused = await set.add(files, label)
  show()
  if (classifier !== undefined && !controls.isBusy) await showScores(classifier)
  if (refused.length > 0) {
    throw new Error(`Left out, because this browser cannot read it as a picture: ${refused.join(', ')}.`)
  }
}

async function train(): Promise<void> {
  const chosen = trainingSet(set)
  const choice = controls.read()
  training = new AbortController()
  const { signal } = training
  try {
    controls.showState('working', 'Loading the backbone …')
    const current = await loadBackbone(controls.backbone)
    const losses: number[] = []
    const container = find('curve', HTMLElement)
    container.hidden = false
    const drawCurve = showLossCurve(container, losses, choice.epochs, {
      unit: 'pass',
      points: 'Of each pass over the pictures',
    })
    let drawn = 0
    const trained = await Classifier.train(current, chosen, choice, {
      signal,
      onPicture: (done) => {
        const total = chosen.pictures.length
        controls.showProgress(done / total, `Looking at the pictures: ${done} of ${total}`)
      },
      onEpoch: (epoch, loss) => {
        losses.push(loss)
        if (performance.now() - drawn < drawingPause && epoch < choice.epochs) return
        drawn = performance.now()
        drawCurve()
        controls.showProgress(
          epoch / choice.epochs,
          `Training: pass ${epoch} of ${choice.epochs}, loss ${loss.toPrecision(3)}`,
        )
      },
    })
    const replaced = classifier?.backbone
    classifier = trained
    if (replaced !== current) await replaced?.dispose()
    find('try', HTMLElement).hidden = false
    await showScores(trained)
    if (tried !== undefined) await showAnswer(trained, tried)
    const { length } = chosen.pictures
    controls.showState('done', `Done: trained on ${length} pictures with ${chosen.classNames.length} labels.`)
  } catch (error) {
    const rest = classifier === undefined ? 'Nothing is trained yet.' : 'The scores are those of the training before.'
    controls.showState(classifier === undefined ? 'ready' : 'done', signal.aborted ? `Stopped. ${rest}` : rest)
    if (!signal.aborted) throw error
  }
}

/** The backbone of this name, which stays loaded. */
async function loadBackbone(name: string): Promise<Backbone> {
  if (backbone?.name === name) return backbone
  const loaded = await Backbone.load(name, (share) => {
    controls.showProgress(share, `Loading the backbone: ${Math.round(100 * share)} %`)
  })
  backbone = loaded
  return loaded
}

/** Scores all pictures, also those without labels. */
async function showScores(trained: Classifier): Promise<void> {
  const found = new Map<Picture, LabelScore[]>()
  for (const picture of set.pictures) found.set(picture, await trained.scoresOf(picture.file))
  scores = found
  show()
}

async function tryPicture(file: File | undefined): Promise<void> {
  if (file === undefined || classifier === undefined) return
  const picture = await readPicture(file)
  if (picture === undefined) throw new Error(`This browser cannot read ${file.name} as a picture.`)
  tried = picture
  await showAnswer(classifier, picture)
}

async function showAnswer(trained: Classifier, { file, url }: Picture): Promise<void> {
  const answer = scoreBars(await trained.scoresOf(file), [])
  find('answer', HTMLElement).replaceChildren(html('img', { src: url, alt: file.name }), answer)
}

async function download(): Promise<void> {
  if (classifier === undefined) return
  const url = URL.createObjectURL(modelZip(classifier))
  html('a', { href: url, download: 'my-model.zip' }).click()
  URL.revokeObjectURL(url)
}
