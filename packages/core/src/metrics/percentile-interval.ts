/**
 * The interval that leaves out (1 − confidence) / 2 of the values on either side: quantiles with linear interpolation, as
 * numpy's default (type 7 of Hyndman and Fan, The American Statistician 1996). NaN without values.
 */
export function percentileInterval(
  values: readonly number[],
  confidence: number,
): { readonly lower: number; readonly upper: number } {
  const sorted = Float64Array.from(values).sort()
  const outside = (1 - confidence) / 2
  return { lower: quantile(sorted, outside), upper: quantile(sorted, 1 - outside) }
}

function quantile(sorted: Float64Array, share: number): number {
  const place = share * (sorted.length - 1)
  const before = Math.floor(place)
  const lower = sorted[before] ?? Number.NaN
  return lower + (place - before) * ((sorted[before + 1] ?? lower) - lower)
}
