import type { Random } from '@dbloss/core'

/** Draws one thing of a kind around the origin, about from −1 to 1, each time a little different. */
type DrawKind = (canvas: OffscreenCanvasRenderingContext2D, random: Random) => void

/** A kind of thing, with the hue that it mostly has: a hint, for other kinds have it too. */
interface Kind {
  readonly name: string
  readonly hue: number
  readonly draw: DrawKind
}

/** The kinds of things that the pictures show, from the most frequent to the rarest. */
export const kinds: readonly Kind[] = [
  { name: 'disc', hue: 20, draw: (canvas) => fillCircle(canvas, 0, 0, 0.8) },
  { name: 'square', hue: 210, draw: (canvas) => canvas.fillRect(-0.75, -0.75, 1.5, 1.5) },
  {
    name: 'ring',
    hue: 45,
    draw: (canvas) => {
      canvas.lineWidth = 0.4
      canvas.beginPath()
      canvas.arc(0, 0, 0.7, 0, 2 * Math.PI)
      canvas.stroke()
    },
  },
  {
    name: 'triangle',
    hue: 130,
    draw: (canvas) =>
      fillPolygon(canvas, [
        [0, -0.95],
        [0.9, 0.75],
        [-0.9, 0.75],
      ]),
  },
  {
    name: 'cross',
    hue: 350,
    draw: (canvas) => {
      canvas.fillRect(-0.9, -0.28, 1.8, 0.56)
      canvas.fillRect(-0.28, -0.9, 0.56, 1.8)
    },
  },
  {
    name: 'ladder',
    hue: 30,
    draw: (canvas) => {
      for (const x of [-0.6, 0.36]) canvas.fillRect(x, -1, 0.24, 2)
      for (const y of [-0.7, -0.1, 0.5]) canvas.fillRect(-0.6, y, 1.2, 0.22)
    },
  },
  {
    name: 'moon',
    hue: 55,
    draw: (canvas) => {
      canvas.beginPath()
      canvas.arc(0, 0, 0.9, 0.25 * Math.PI, 1.75 * Math.PI)
      canvas.quadraticCurveTo(-0.55, 0, 0.64, 0.64)
      canvas.fill()
    },
  },
  {
    name: 'heart',
    hue: 340,
    draw: (canvas) => {
      canvas.beginPath()
      canvas.moveTo(0, 0.95)
      canvas.bezierCurveTo(-1.7, -0.2, -0.7, -1.4, 0, -0.45)
      canvas.bezierCurveTo(0.7, -1.4, 1.7, -0.2, 0, 0.95)
      canvas.fill()
    },
  },
  {
    name: 'star',
    hue: 60,
    draw: (canvas) =>
      fillPolygon(
        canvas,
        Array.from({ length: 10 }, (_, corner) => {
          const [angle, radius] = [(Math.PI * corner) / 5 - Math.PI / 2, corner % 2 === 0 ? 1 : 0.42]
          return [radius * Math.cos(angle), radius * Math.sin(angle)]
        }),
      ),
  },
  {
    name: 'bolt',
    hue: 50,
    draw: (canvas) =>
      fillPolygon(canvas, [
        [0.3, -1],
        [-0.6, 0.15],
        [-0.05, 0.15],
        [-0.3, 1],
        [0.6, -0.25],
        [0.05, -0.25],
      ]),
  },
  {
    name: 'flower',
    hue: 300,
    draw: (canvas, random) => {
      const petals = 5 + random.integer(2)
      for (let petal = 0; petal < petals; petal++) {
        const angle = (2 * Math.PI * petal) / petals
        fillCircle(canvas, 0.58 * Math.cos(angle), 0.58 * Math.sin(angle), 0.36)
      }
      canvas.fillStyle = 'hsl(48 90% 60%)'
      fillCircle(canvas, 0, 0, 0.3)
    },
  },
  {
    name: 'fish',
    hue: 190,
    draw: (canvas) => {
      canvas.beginPath()
      canvas.ellipse(-0.2, 0, 0.75, 0.45, 0, 0, 2 * Math.PI)
      canvas.fill()
      fillPolygon(canvas, [
        [0.35, 0],
        [1, -0.55],
        [1, 0.55],
      ])
      canvas.fillStyle = '#fff'
      fillCircle(canvas, -0.55, -0.1, 0.13)
    },
  },
]

export const kindNames: readonly string[] = kinds.map(({ name }) => name)

function fillCircle(canvas: OffscreenCanvasRenderingContext2D, x: number, y: number, radius: number): void {
  canvas.beginPath()
  canvas.arc(x, y, radius, 0, 2 * Math.PI)
  canvas.fill()
}

function fillPolygon(canvas: OffscreenCanvasRenderingContext2D, corners: readonly (readonly number[])[]): void {
  canvas.beginPath()
  for (const [x, y] of corners) canvas.lineTo(x!, y!)
  canvas.fill()
}
