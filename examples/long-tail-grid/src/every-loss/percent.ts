/** A share in percent, with two decimals. */
export const percent = (share: number): number => Math.round(share * 10_000) / 100
