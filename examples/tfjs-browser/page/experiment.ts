import type { PictureSet } from './pictures/picture-set.ts'
import type { Settings } from './settings.ts'
import { startBackend } from './training/backend.ts'
import { Comparison } from './training/comparison.ts'
import { type Contestant, recipeTitle } from './training/contestant.ts'
import { showClassCharts } from './view/class-charts.ts'
import { type Measured, showCurves } from './view/curves.ts'
import { showPredictions } from './view/predictions.ts'
import { showResult } from './view/result-table.ts'

/** Test pictures whose predictions are shown. */
const shownPredictions = 12

/** A model with the colour and the title that it has on the page. */
interface ShownModel extends Measured {
  readonly contestant: Contestant
}

/** The comparison of the chosen settings, and everything on the page that shows it. */
export class Experiment {
  readonly comparison: Comparison
  readonly #set: PictureSet
  readonly #models: readonly [ShownModel, ShownModel]
  readonly #redraws: readonly (() => void)[]

  private constructor(set: PictureSet, { recipe, epochs, seed }: Settings) {
    this.#set = set
    this.comparison = new Comparison({ set, recipes: [{ loss: 'bce', sampler: 'uniform' }, recipe], epochs, seed })
    const [baseline, other] = this.comparison.contestants
    this.#models = [
      { contestant: baseline, title: recipeTitle(baseline.recipe), className: 'first', history: baseline.history },
      { contestant: other, title: recipeTitle(other.recipe), className: 'second', history: other.history },
    ]
    const { statistics, test } = set
    const models = this.#models
    const chance = test.flatMap(({ shown }) => shown).length / test.length / statistics.classCount
    this.#redraws = [
      showCurves(section('curves'), { models, epochs, chance }),
      showClassCharts(section('classes'), { statistics, models }),
    ]
    section('predictions').hidden = true
    this.show()
  }

  /** Starts the backend first, because the models are made on it. */
  static async prepare(settings: Settings, set: PictureSet): Promise<Experiment> {
    await startBackend(settings.backend)
    return new Experiment(set, settings)
  }

  /** Brings the table and the charts up to date. */
  show(): void {
    const [first, second] = this.#models
    const row = ({ title, className, history }: ShownModel) => ({ title, className, metrics: history.at(-1) })
    const { finishedEpochs } = this.comparison
    const title = finishedEpochs === 0 ? 'Result' : `Result after epoch ${finishedEpochs}`
    showResult(section('result'), title, [row(first), row(second)])
    for (const redraw of this.#redraws) redraw()
  }

  /** A line for each model: on which device its loss really runs. */
  async deviceLines(): Promise<string[]> {
    const lines: string[] = []
    for (const { contestant, title } of this.#models) {
      lines.push(`Loss and gradient of ${title}: ${(await contestant.lossDevice()).summary}`)
    }
    return lines
  }

  async showPredictions(): Promise<void> {
    const pictures = this.#set.test.slice(0, shownPredictions)
    const predictions = []
    for (const { contestant, title, className } of this.#models) {
      predictions.push({ title, className, prediction: await contestant.predict(pictures) })
    }
    showPredictions(section('predictions'), pictures, predictions)
  }

  dispose(): void {
    this.comparison.dispose()
  }
}

function section(id: string): HTMLElement {
  return document.getElementById(id)!
}
