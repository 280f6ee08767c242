/** The page: draws the pictures, makes a model, fine-tunes it when it is told to, and gives it back as a file. */
import { drawPictureSet } from '@dbloss/example-tfjs-browser/pictures/picture-set'
import { find } from '@dbloss/example-tfjs-browser/view/elements'
import { showGallery } from '@dbloss/example-tfjs-browser/view/gallery'
import { FineTuning } from './fine-tuning.ts'
import { pixelValues } from './pixels.ts'
import { findDevices, loadRuntime } from './runtime.ts'
import { Charts } from './view/charts.ts'
import { Controls } from './view/controls.ts'
import { milliseconds } from './view/facts.ts'

/** Steps between two looks at the test pictures. */
const stepsBetweenScores = 25

const controls = new Controls(await findDevices())
const set = drawPictureSet(1)
let current: { readonly fineTuning: FineTuning; readonly charts: Charts } | undefined

showGallery(find('gallery', HTMLElement), set)
controls.start.addEventListener('click', () => void guarded(train))
controls.reset.addEventListener('click', () => void guarded(prepare))
controls.download.addEventListener('click', () => void guarded(download))
controls.stop.addEventListener('click', () => {
  current?.fineTuning.stop()
  controls.showState('stopping', 'Stops after this step …')
})
controls.onChange(() => void guarded(prepare))
await guarded(prepare)

/** Makes the model anew, as it was before the first step. */
async function prepare(): Promise<void> {
  controls.showState('loading', 'Preparing the model: the frozen part runs once for each picture …')
  controls.showProgress(0)
  await current?.fineTuning.dispose()
  current = undefined
  const { device, ...choice } = controls.read()
  const fineTuning = await FineTuning.prepare({ set, runtime: await loadRuntime(device), ...choice })
  current = { fineTuning, charts: new Charts(set, fineTuning) }
  controls.showState('ready', `Ready: ${set.train.length} training and ${set.test.length} test pictures.`)
}

async function train(): Promise<void> {
  if (current === undefined) return
  const { fineTuning, charts } = current
  controls.showState('training', 'Training …')
  await fineTuning.train(async () => {
    const { stepCount, totalSteps, stepTime } = fineTuning
    const seconds = ((totalSteps - stepCount) * stepTime) / 1000
    controls.showProgress(stepCount / totalSteps)
    controls.showMessage(
      `Step ${stepCount} of ${totalSteps}: ${milliseconds(stepTime)} a step, ${seconds.toFixed(0)} s left`,
    )
    charts.showStep()
    if (stepCount % stepsBetweenScores === 0) charts.showScores(await fineTuning.predict())
  })
  const logits = await fineTuning.predict()
  charts.showScores(logits)
  charts.showPredictions(logits)
  const trained = `${fineTuning.stepCount} steps, ${milliseconds(fineTuning.stepTime)} a step`
  if (fineTuning.isFinished) controls.showState('done', `Done: ${trained}.`)
  else controls.showState('stopped', `Stopped: ${trained}.`)
}

async function download(): Promise<void> {
  if (current === undefined) return
  const url = URL.createObjectURL(new Blob([await current.fineTuning.toFile()], { type: 'application/octet-stream' }))
  const link = document.createElement('a')
  link.href = url
  link.download = 'fine-tuned.onnx'
  link.click()
  URL.revokeObjectURL(url)
}

/** Shows an error on the page, where a visitor sees it. */
async function guarded(action: () => Promise<void>): Promise<void> {
  try {
    await action()
  } catch (error) {
    controls.showState('failed', error instanceof Error ? error.message : String(error))
  }
}

globalThis.answersOfPage = async (pictureCount) => {
  const { fineTuning } = current!
  const logits = await fineTuning.predict()
  return {
    losses: fineTuning.losses,
    pixels: [...pixelValues(set.test.slice(0, pictureCount))],
    logits: [...logits.subarray(0, pictureCount * set.statistics.classCount)],
  }
}
