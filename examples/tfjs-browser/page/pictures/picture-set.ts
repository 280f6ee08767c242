import { createRandom, type LabelStatistics, labelStatistics, type Random } from '@dbloss/core'
import { kindNames } from './kinds.ts'
import { longTailedCounts, planBalanced, planLongTail } from './label-plan.ts'
import { drawScene, pictureSize } from './scene.ts'

/** A picture and what it shows. */
export interface Picture {
  readonly pixels: ImageData
  /** Indices in `kindNames`. */
  readonly shown: readonly number[]
}

/** What is trained on and measured on. */
export interface PictureSet {
  /** Long-tailed. */
  readonly train: readonly Picture[]
  /** Every kind equally often. */
  readonly test: readonly Picture[]
  /** Of the training pictures. */
  readonly statistics: LabelStatistics
}

/** Test pictures that show each kind. */
const testPerKind = 40

/** Draws the whole set; the same seed gives the same pictures in the same browser. */
export function drawPictureSet(seed: number): PictureSet {
  const random = createRandom(seed)
  const train = drawAll(planLongTail(longTailedCounts(kindNames.length), random), random)
  const test = drawAll(planBalanced(kindNames.length, { perKind: testPerKind }, random), random)
  return { train, test, statistics: labelStatistics(samplesOf(train), { classNames: kindNames }) }
}

function drawAll(plans: readonly (readonly number[])[], random: Random): Picture[] {
  const canvas = new OffscreenCanvas(pictureSize, pictureSize).getContext('2d', { willReadFrequently: true })
  if (canvas === null) throw new Error('this browser gives no canvas to draw the pictures on')
  return plans.map((shown) => {
    drawScene(canvas, shown, random)
    return { shown, pixels: canvas.getImageData(0, 0, pictureSize, pictureSize) }
  })
}

/** For each picture the indices of its kinds, as the samplers, statistics and metrics take them. */
export function samplesOf(pictures: readonly Picture[]): number[][] {
  return pictures.map(({ shown }) => [...shown])
}
