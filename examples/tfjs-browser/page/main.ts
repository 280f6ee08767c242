/** The page: draws the pictures, then trains when it is told to, and shows how it goes. */
import { Experiment } from './experiment.ts'
import { drawPictureSet } from './pictures/picture-set.ts'
import { readSettings } from './settings.ts'
import { Controls } from './view/controls.ts'
import { showGallery } from './view/gallery.ts'

const settings = readSettings(location.search)
const controls = new Controls(settings)
const set = drawPictureSet(settings.seed)
let experiment: Experiment | undefined

showGallery(document.getElementById('gallery')!, set)
controls.start.addEventListener('click', () => void guarded(train))
controls.stop.addEventListener('click', () => {
  experiment?.comparison.stop()
  controls.showState('stopping', 'Stops when both models have finished this epoch …')
})
controls.reset.addEventListener('click', () => void guarded(prepare))
controls.onChange(() => void guarded(prepare))

await guarded(prepare)
if (settings.startsAtOnce) await guarded(train)

/** Makes both models anew, as chosen. */
async function prepare(): Promise<void> {
  controls.showState('loading', 'Preparing the models …')
  controls.showProgress(0)
  experiment?.dispose()
  experiment = undefined
  experiment = await Experiment.prepare(controls.read(), set)
  controls.showDevices(await experiment.deviceLines())
  controls.showState('ready', `Ready: ${set.train.length} training and ${set.test.length} test pictures.`)
}

async function train(): Promise<void> {
  const current = experiment
  if (current === undefined) return
  const { comparison } = current
  const before = comparison.finishedEpochs
  const started = performance.now()
  const seconds = () => ((performance.now() - started) / 1000).toFixed(1)
  const epoch = () => `epoch ${Math.min(comparison.finishedEpochs + 1, comparison.epochs)} of ${comparison.epochs}`
  controls.showState('training', `Training, ${epoch()} …`)
  await comparison.train({
    onProgress: (share) => controls.showProgress(share),
    onEpoch: () => {
      current.show()
      if (!comparison.isFinished && !controls.stop.disabled) controls.showState('training', `Training, ${epoch()} …`)
    },
  })
  await current.showPredictions()
  const trained = `${comparison.finishedEpochs - before} epochs of both models in ${seconds()} s`
  if (comparison.isFinished) controls.showState('done', `Done: ${trained}.`)
  else controls.showState('stopped', `Stopped: ${trained}.`)
}

/** Shows an error on the page, where a visitor sees it. */
async function guarded(action: () => Promise<void>): Promise<void> {
  try {
    await action()
  } catch (error) {
    controls.showState('failed', error instanceof Error ? error.message : String(error))
  }
}
