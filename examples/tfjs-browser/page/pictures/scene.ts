import type { Random } from '@dbloss/core'
import { kinds } from './kinds.ts'

/** Width and height of a picture in pixels. */
export const pictureSize = 32

/** Where a thing stands in a picture, and how large. */
interface Place {
  readonly x: number
  readonly y: number
  readonly radius: number
}

/** Draws a picture with one thing of each of these kinds, on a ground that says nothing about them. */
export function drawScene(canvas: OffscreenCanvasRenderingContext2D, shown: readonly number[], random: Random): void {
  drawGround(canvas, random)
  const places = findPlaces(shown.length, random)
  for (const [order, index] of shown.entries()) drawThing(canvas, index, places[order]!, random)
  drawSpecks(canvas, random)
}

function drawThing(
  canvas: OffscreenCanvasRenderingContext2D,
  index: number,
  { x, y, radius }: Place,
  random: Random,
): void {
  const { hue, draw } = kinds[index]!
  const stretch = between(random, 0.85, 1.18)
  canvas.save()
  canvas.translate(x, y)
  canvas.rotate(between(random, -0.35, 0.35))
  canvas.scale((random.next() < 0.5 ? -radius : radius) * stretch, radius / stretch)
  const colour = `hsl(${hue + between(random, -35, 35)} ${between(random, 45, 95)}% ${between(random, 30, 70)}%)`
  canvas.fillStyle = colour
  canvas.strokeStyle = colour
  draw(canvas, random)
  canvas.restore()
}

function drawGround(canvas: OffscreenCanvasRenderingContext2D, random: Random): void {
  const gradient = canvas.createLinearGradient(0, 0, between(random, -pictureSize, pictureSize), pictureSize)
  const isDark = random.next() < 0.5
  for (const stop of [0, 1]) {
    const lightness = isDark ? between(random, 12, 32) : between(random, 68, 92)
    gradient.addColorStop(stop, `hsl(${random.integer(360)} ${between(random, 8, 40)}% ${lightness}%)`)
  }
  canvas.fillStyle = gradient
  canvas.fillRect(0, 0, pictureSize, pictureSize)
}

/** Small dots that belong to no kind. */
function drawSpecks(canvas: OffscreenCanvasRenderingContext2D, random: Random): void {
  for (let left = 3 + random.integer(6); left > 0; left--) {
    canvas.fillStyle = `hsl(${random.integer(360)} 60% ${between(random, 20, 80)}%)`
    canvas.fillRect(random.integer(pictureSize), random.integer(pictureSize), 1 + random.integer(2), 1)
  }
}

/** Places that may touch, but do not hide one another. */
function findPlaces(count: number, random: Random): Place[] {
  const places: Place[] = []
  for (let attempt = 0; places.length < count; attempt++) {
    const radius = between(random, 5, count > 2 ? 6.5 : 8)
    const [x, y] = [between(random, radius, pictureSize - radius), between(random, radius, pictureSize - radius)]
    // Crowded pictures accept more overlap the longer the search takes.
    const distance = 0.98 ** attempt
    const isFree = places.every((other) => Math.hypot(other.x - x, other.y - y) > (other.radius + radius) * distance)
    if (isFree) places.push({ x, y, radius })
  }
  return places
}

function between(random: Random, low: number, high: number): number {
  return low + (high - low) * random.next()
}
