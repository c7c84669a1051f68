import { randomNumbers } from '../../random-numbers.ts'

/** Numbers that look random and are the same each time. */
export interface Random {
  /** From 0 to 1, 1 excluded. */
  unit(): number
  between(from: number, to: number): number
  /** Of a normal distribution with mean 0 and deviation 1, nearly: never beyond ±6. */
  normal(): number
  pick<T>(items: readonly T[]): T
  /** Lowercase hex digits. */
  hex(digits: number): string
  /** Another source of the same seed, so that what is added in one place changes nothing in another. */
  fork(name: string): Random
}

export function seededRandom(seed: number): Random {
  const unit = randomNumbers(seed)
  return {
    unit,
    between: (from, to) => from + unit() * (to - from),
    normal: () => Array.from({ length: 12 }, unit).reduce((sum, each) => sum + each, -6),
    pick: <T>(items: readonly T[]) => items[Math.floor(unit() * items.length)] as T,
    hex: (digits) => Array.from({ length: digits }, () => Math.floor(unit() * 16).toString(16)).join(''),
    fork: (name) => seededRandom(hash(`${seed}/${name}`)),
  }
}

/** FNV-1a. */
function hash(text: string): number {
  let value = 0x811c9dc5
  for (const character of text) value = Math.imul(value ^ (character.codePointAt(0) ?? 0), 0x01000193)
  return value
}
