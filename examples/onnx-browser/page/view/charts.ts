import type { LongTailMetrics } from '@dbloss/core'
import type { PictureSet } from '@dbloss/example-tfjs-browser/pictures/picture-set'
import { showClassCharts } from '@dbloss/example-tfjs-browser/view/class-charts'
import { find } from '@dbloss/example-tfjs-browser/view/elements'
import { showPredictions } from '@dbloss/example-tfjs-browser/view/predictions'
import { showResult } from '@dbloss/example-tfjs-browser/view/result-table'
import type { FineTuning } from '../fine-tuning.ts'
import { labelsFound } from '../labels-found.ts'
import { showFacts } from './facts.ts'
import { showLossCurve } from './loss-curve.ts'

/** Test pictures whose predictions are shown. */
const shownPredictions = 12

const [before, after] = [
  { title: 'before', className: 'first' },
  { title: 'fine-tuned', className: 'second' },
] as const

/** The curve of the loss, the scores before and after, and what both find in some pictures. */
export class Charts {
  readonly #set: PictureSet
  readonly #fineTuning: FineTuning
  /** The scores of the fine-tuned model, the last of which is shown. */
  readonly #history: LongTailMetrics[] = []
  readonly #showLoss: () => void
  readonly #showClasses: () => void

  constructor(set: PictureSet, fineTuning: FineTuning) {
    this.#set = set
    this.#fineTuning = fineTuning
    this.#showLoss = showLossCurve(find('loss', HTMLElement), fineTuning.losses, fineTuning.totalSteps)
    const models = [
      { ...before, history: [fineTuning.before] },
      { ...after, history: this.#history },
    ]
    this.#showClasses = showClassCharts(find('classes', HTMLElement), { statistics: set.statistics, models })
    find('predictions', HTMLElement).hidden = true
    this.#show()
  }

  /** Shows what a step has changed. */
  showStep(): void {
    this.#showLoss()
    showFacts(find('facts', HTMLElement), this.#fineTuning)
  }

  /** Scores the logits of the test pictures, and shows that. */
  showScores(logits: Float32Array): void {
    this.#history.push(this.#fineTuning.scores(logits))
    this.#show()
  }

  showPredictions(logits: Float32Array): void {
    const pictures = this.#set.test.slice(0, shownPredictions)
    const prediction = (values: Float32Array) => ({ labels: labelsFound(values, pictures.length) })
    showPredictions(find('predictions', HTMLElement), pictures, [
      { ...before, prediction: prediction(this.#fineTuning.logitsBefore) },
      { ...after, prediction: prediction(logits) },
    ])
  }

  #show(): void {
    const { stepCount } = this.#fineTuning
    const title = stepCount === 0 ? 'Result' : `Result after step ${stepCount}`
    showResult(find('result', HTMLElement), title, [
      { ...before, metrics: this.#fineTuning.before },
      { ...after, metrics: this.#history.at(-1) },
    ])
    this.#showClasses()
    this.showStep()
  }
}
