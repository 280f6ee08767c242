import type { Random } from '@dbloss/core'
import { between, colour, pick } from './variation.ts'

/** Draws one thing of a kind as SVG inside the square from −50 to 50, each time a little different. */
export type DrawThing = (random: Random) => string

/** The kinds of things that the pictures show, from the most frequent to the rarest. */
export const things = {
  tree: (random) => {
    const crown = colour(random, [80, 150], [35, 75], [22, 48])
    const trunk = `<rect x="-6" y="8" width="12" height="42" fill="${colour(random, [18, 35], [30, 50], [20, 38])}"/>`
    return random.next() < 0.5
      ? `${trunk}<polygon points="0,-50 34,0 -34,0" fill="${crown}"/><polygon points="0,-26 40,26 -40,26" fill="${crown}"/>`
      : `${trunk}<circle cx="-16" cy="-4" r="21" fill="${crown}"/><circle cx="17" cy="-6" r="22" fill="${crown}"/><circle cx="0" cy="-26" r="23" fill="${crown}"/>`
  },
  cloud: (random) => {
    const white = colour(random, [190, 240], [5, 25], [72, 97])
    const puffs = [-32, -12, 12, 32].map((x) => {
      const radius = between(random, 14, 22)
      return `<circle cx="${x}" cy="${between(random, -8, 4)}" r="${radius}" fill="${white}"/>`
    })
    return `${puffs.join('')}<rect x="-42" y="0" width="84" height="16" rx="8" fill="${white}"/>`
  },
  house: (random) => {
    const wall = colour(random, [0, 60], [15, 60], [50, 85])
    const pane = colour(random, [190, 230], [30, 70], [30, 75])
    return `<rect x="-34" y="-8" width="68" height="54" fill="${wall}"/>
<polygon points="-44,-8 0,-48 44,-8" fill="${colour(random, [0, 30], [40, 75], [25, 45])}"/>
<rect x="-24" y="4" width="16" height="16" fill="${pane}"/><rect x="8" y="4" width="16" height="16" fill="${pane}"/>
<rect x="-8" y="24" width="15" height="22" fill="${colour(random, [20, 40], [40, 60], [18, 32])}"/>`
  },
  flower: (random) => {
    const petal = pick(random, [
      colour(random, [280, 350], [55, 90], [50, 75]),
      colour(random, [0, 30], [70, 95], [50, 65]),
    ])
    const count = 5 + random.integer(3)
    const petals = Array.from(
      { length: count },
      (_, index) =>
        `<ellipse cx="0" cy="-24" rx="9" ry="16" fill="${petal}" transform="translate(0 -12) rotate(${(360 * index) / count})"/>`,
    )
    return `<path d="M0 -10 Q8 20 0 50" stroke="${colour(random, [90, 140], [40, 70], [25, 40])}" stroke-width="5" fill="none"/>
${petals.join('')}<circle cx="0" cy="-12" r="10" fill="${colour(random, [40, 55], [80, 95], [45, 60])}"/>`
  },
  fence: (random) => {
    const wood = colour(random, [15, 45], [10, 55], [45, 90])
    const pickets = [-40, -20, 0, 20, 40].map(
      (x) => `<polygon points="${x - 6},40 ${x - 6},-24 ${x},-34 ${x + 6},-24 ${x + 6},40" fill="${wood}"/>`,
    )
    return `<rect x="-50" y="-14" width="100" height="7" fill="${wood}"/><rect x="-50" y="16" width="100" height="7" fill="${wood}"/>${pickets.join('')}`
  },
  car: (random) => {
    const paint = colour(random, [0, 360], [50, 90], [32, 60])
    const wheel = (x: number) =>
      `<circle cx="${x}" cy="24" r="12" fill="#222"/><circle cx="${x}" cy="24" r="5" fill="#bbb"/>`
    return `<path d="M-50 22 V2 H-32 L-20 -20 H18 L30 2 H50 V22 Z" fill="${paint}"/>
<path d="M-26 2 L-17 -14 H-2 V2 Z M3 2 V-14 H15 L24 2 Z" fill="${colour(random, [190, 220], [20, 50], [65, 88])}"/>${wheel(-26)}${wheel(26)}`
  },
  ball: (random) => {
    const [one, other] = [colour(random, [0, 360], [70, 95], [45, 60]), colour(random, [0, 360], [10, 30], [85, 97])]
    const wedges = Array.from({ length: 8 }, (_, index) => {
      const [from, to] = [index, index + 1].map((step) => (step * Math.PI) / 4)
      const point = (angle: number) => `${(40 * Math.cos(angle)).toFixed(1)} ${(40 * Math.sin(angle)).toFixed(1)}`
      return `<path d="M0 0 L${point(from!)} A40 40 0 0 1 ${point(to!)} Z" fill="${index % 2 === 0 ? one : other}"/>`
    })
    return wedges.join('')
  },
  bird: (random) => {
    const feather = colour(random, [190, 260], [15, 70], [22, 50])
    return `<ellipse cx="0" cy="4" rx="26" ry="14" fill="${feather}"/><circle cx="26" cy="-8" r="11" fill="${feather}"/>
<polygon points="35,-10 50,-6 35,-2" fill="${colour(random, [30, 48], [80, 95], [45, 58])}"/>
<path d="M-8 0 Q-22 -44 -40 -40 Q-22 -20 6 0 Z" fill="${colour(random, [190, 260], [15, 60], [35, 65])}"/>
<polygon points="-22,0 -50,-8 -46,14" fill="${feather}"/><circle cx="29" cy="-11" r="2.5" fill="#fff"/>`
  },
  mushroom: (random) => {
    const spots = Array.from(
      { length: 6 },
      () =>
        `<circle cx="${between(random, -28, 28)}" cy="${between(random, -28, -8)}" r="${between(random, 3, 6)}" fill="#fff"/>`,
    )
    return `<path d="M-11 0 Q-14 40 -16 44 H16 Q14 40 11 0 Z" fill="${colour(random, [35, 55], [20, 40], [78, 92])}"/>
<path d="M-44 2 Q-40 -42 0 -42 Q40 -42 44 2 Z" fill="${colour(random, [-8, 20], [65, 90], [35, 52])}"/>${spots.join('')}`
  },
  boat: (random) => `<path d="M-48 20 H48 L32 44 H-32 Z" fill="${colour(random, [0, 360], [30, 70], [22, 45])}"/>
<rect x="-2" y="-48" width="4" height="68" fill="#4a3420"/>
<polygon points="5,-46 40,12 5,12" fill="${colour(random, [30, 60], [10, 50], [80, 97])}"/>
<polygon points="-5,-36 -34,12 -5,12" fill="${colour(random, [0, 60], [20, 80], [60, 92])}"/>`,
  umbrella: (random) => {
    const [one, other] = [colour(random, [0, 360], [60, 90], [35, 55]), colour(random, [0, 360], [50, 90], [60, 80])]
    const panels = [-44, -22, 0, 22].map(
      (x, index) =>
        `<path d="M0 -46 Q${x * 1.1} -40 ${x} 2 Q${x + 11} -8 ${x + 22} 2 Q${(x + 22) * 1.1} -40 0 -46 Z" fill="${index % 2 === 0 ? one : other}"/>`,
    )
    return `<path d="M0 -46 V36 Q0 48 10 46 Q16 44 15 36" stroke="#333" stroke-width="4" fill="none"/>${panels.join('')}`
  },
  butterfly: (random) => {
    const wing = colour(random, [10, 330], [65, 95], [45, 65])
    const spot = colour(random, [30, 70], [70, 95], [60, 80])
    const side = (direction: number) => `<g transform="scale(${direction} 1)">
<ellipse cx="24" cy="-18" rx="22" ry="15" transform="rotate(-35 24 -18)" fill="${wing}" stroke="#222" stroke-width="3"/>
<ellipse cx="20" cy="20" rx="17" ry="12" transform="rotate(40 20 20)" fill="${wing}" stroke="#222" stroke-width="3"/>
<circle cx="28" cy="-20" r="6" fill="${spot}"/><circle cx="22" cy="22" r="4" fill="${spot}"/>
<path d="M1 -24 Q6 -44 14 -48" stroke="#222" stroke-width="2" fill="none"/></g>`
    return `${side(1)}${side(-1)}<ellipse cx="0" cy="0" rx="4" ry="26" fill="#222"/>`
  },
  clock: (random) => {
    const ticks = Array.from(
      { length: 12 },
      (_, hour) => `<rect x="-2" y="-37" width="4" height="9" fill="#222" transform="rotate(${hour * 30})"/>`,
    )
    const hand = (length: number, width: number) =>
      `<rect x="${-width / 2}" y="${-length}" width="${width}" height="${length}" fill="#222" transform="rotate(${between(random, 0, 360)})"/>`
    return `<circle r="44" fill="${colour(random, [30, 60], [10, 40], [86, 97])}" stroke="${colour(random, [0, 360], [40, 80], [20, 40])}" stroke-width="8"/>${ticks.join('')}${hand(20, 6)}${hand(30, 4)}`
  },
  kite: (random) => {
    const [one, other] = [colour(random, [0, 360], [70, 95], [45, 60]), colour(random, [0, 360], [70, 95], [55, 75])]
    const bows = [22, 34, 46].map(
      (y, index) =>
        `<polygon points="${index * 5 - 8},${y - 4} ${index * 5 + 8},${y + 4} ${index * 5 + 8},${y - 4} ${index * 5 - 8},${y + 4}" fill="${other}"/>`,
    )
    return `<path d="M0 10 Q2 30 12 50" stroke="#333" stroke-width="2" fill="none"/>
<polygon points="0,-50 28,-18 0,14" fill="${one}"/><polygon points="0,-50 -28,-18 0,14" fill="${other}"/>
<polygon points="-28,-18 28,-18 0,14" fill="${one}" fill-opacity="0.55"/>${bows.join('')}`
  },
  windmill: (random) => {
    const blade = colour(random, [20, 50], [5, 40], [75, 95])
    const turn = between(random, 0, 90)
    const blades = [0, 90, 180, 270].map(
      (
        angle,
      ) => `<g transform="translate(0 -16) rotate(${angle + turn})"><rect x="-1.5" y="-38" width="3" height="38" fill="#432"/>
<rect x="1" y="-38" width="11" height="28" fill="${blade}" stroke="#432" stroke-width="1.5"/>
<path d="M1 -31 H12 M1 -24 H12 M1 -17 H12" stroke="#432" stroke-width="1.5"/></g>`,
    )
    return `<polygon points="-12,-16 12,-16 22,50 -22,50" fill="${colour(random, [10, 40], [20, 50], [35, 70])}"/>${blades.join('')}<circle cx="0" cy="-16" r="4" fill="#221"/>`
  },
} as const satisfies Readonly<Record<string, DrawThing>>

/** The name of a kind of thing. */
export type Thing = keyof typeof things

/** The names, from the most frequent to the rarest. */
export const thingNames = Object.keys(things) as Thing[]
