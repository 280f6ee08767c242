const units = ['B', 'kB', 'MB', 'GB', 'TB'] as const

/** `512 B`, `1.5 kB`, `94 MB`: steps of 1000. */
export function fileSize(bytes: number): string {
  let [size, unit] = [bytes, 0]
  // From 999.5 on it would be written as 1000.
  while (size >= 999.5 && unit < units.length - 1) {
    size /= 1000
    unit++
  }
  return `${unit === 0 || size >= 9.95 ? size.toFixed(0) : size.toFixed(1)} ${units[unit]}`
}
