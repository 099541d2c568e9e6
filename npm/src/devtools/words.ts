// Numbers in words, for people. Times are in milliseconds.

/** `1 hook`, `2 hooks`. */
export const count = (n: number, one: string, many = `${one}s`) => `${n.toLocaleString('en')} ${n === 1 ? one : many}`

/** `512 B`, `3.4 kB`, `12 MB`. */
export function size(bytes: number): string {
  const units = ['B', 'kB', 'MB', 'GB']
  let unit = 0
  for (; bytes >= 1000 && unit < units.length - 1; unit++) bytes /= 1000
  return `${unit > 0 && bytes < 10 ? bytes.toFixed(1) : Math.round(bytes)} ${units[unit]}`
}

const units = [
  [86_400, 'd'],
  [3600, 'h'],
  [60, 'min'],
  [1, 's'],
] as const

/** `4 s`, `2 min 5 s`, `3 h 10 min`: at most two units. What is less than nothing is `0 s`. */
export function span(time: number): string {
  const seconds = Math.round(time / 1000)
  const words = units.flatMap(([length, unit], i) => {
    const n = Math.floor((i === 0 ? seconds : seconds % units[i - 1]![0]) / length)
    return n > 0 ? [`${n} ${unit}`] : []
  })
  return words.slice(0, 2).join(' ') || '0 s'
}
