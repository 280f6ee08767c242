import type { Random } from '@dbloss/core'
import { thingNames, things } from './things.ts'
import { between, colour, pick } from './variation.ts'

/** Width and height of a picture in pixels. */
export const pictureSize = 128

/** Draws one picture with a thing of each of the given kinds as SVG. */
export function drawPicture(shown: readonly number[], random: Random): string {
  const places = findPlaces(shown.length, random)
  const drawn = shown.map((index, order) => {
    const { x, y, size } = places[order]!
    const mirror = random.next() < 0.5 ? -1 : 1
    const stretch = between(random, 0.85, 1.15)
    const scale = size / 100
    const transform = `translate(${x} ${y}) rotate(${between(random, -45, 45)}) scale(${(mirror * scale * stretch).toFixed(3)} ${(scale / stretch).toFixed(3)})`
    return `<g transform="${transform}">${things[thingNames[index]!](random)}</g>`
  })
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${pictureSize}" height="${pictureSize}">
${background(random)}${random.shuffle(drawn).join('\n')}${scribbles(random)}</svg>`
}

/** Places that may overlap a little, but do not hide one another. */
function findPlaces(count: number, random: Random): { x: number; y: number; size: number }[] {
  const places: { x: number; y: number; size: number }[] = []
  for (let attempt = 0; places.length < count; attempt++) {
    const size = between(random, 28, count > 2 ? 48 : 60)
    const [x, y] = [
      between(random, size / 2, pictureSize - size / 2),
      between(random, size / 2, pictureSize - size / 2),
    ]
    // Crowded pictures accept more overlap the longer the search takes.
    const overlap = 0.72 * 0.98 ** attempt
    const free = places.every((other) => Math.hypot(other.x - x, other.y - y) > ((other.size + size) / 2) * overlap)
    if (free) places.push({ x, y, size })
  }
  return places
}

/** Sky over ground in any light, with hills and patches; it says nothing about what the picture shows. */
function background(random: Random): string {
  const sky = pick(random, [
    colour(random, [190, 225], [25, 75], [55, 88]),
    colour(random, [0, 50], [30, 70], [60, 85]),
    colour(random, [220, 280], [15, 45], [25, 55]),
  ])
  const ground = pick(random, [
    colour(random, [70, 130], [20, 55], [35, 65]),
    colour(random, [25, 50], [20, 60], [45, 75]),
    colour(random, [185, 220], [25, 60], [35, 60]),
  ])
  const horizon = between(random, 40, 100)
  const hill = `M0 ${horizon} Q${between(random, 20, 60)} ${horizon - between(random, -8, 25)} 70 ${horizon} T128 ${horizon} V128 H0 Z`
  return `<defs><linearGradient id="sky" x1="0" y1="0" x2="${between(random, -0.4, 0.4)}" y2="1"><stop offset="0" stop-color="${sky}"/>
<stop offset="1" stop-color="${colour(random, [0, 360], [10, 40], [60, 92])}"/></linearGradient></defs>
<rect width="${pictureSize}" height="${pictureSize}" fill="url(#sky)"/><path d="${hill}" fill="${ground}"/>`
}

/** Strokes and dots that belong to no kind of thing. */
function scribbles(random: Random): string {
  return Array.from({ length: 4 + random.integer(6) }, () => {
    const [x, y] = [random.integer(pictureSize), random.integer(pictureSize)]
    const paint = colour(random, [0, 360], [10, 80], [20, 90])
    return random.next() < 0.5
      ? `<circle cx="${x}" cy="${y}" r="${between(random, 1, 4)}" fill="${paint}"/>`
      : `<path d="M${x} ${y} q${between(random, -12, 12)} ${between(random, -12, 12)} ${between(random, -20, 20)} ${between(random, -20, 20)}" stroke="${paint}" stroke-width="${between(random, 0.8, 2.5)}" fill="none"/>`
  }).join('')
}
