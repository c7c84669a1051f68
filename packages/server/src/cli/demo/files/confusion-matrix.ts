import type { Random } from '../seeded-random.ts'

/** Shares of each true class (rows) that are taken for each class, whose diagonal is about the accuracy. */
export function confusionMatrix(classes: number, accuracy: number, random: Random): number[][] {
  return Array.from({ length: classes }, (_, row) => {
    const hit = Math.min(0.99, Math.max(0.02, accuracy + random.normal() * 0.04))
    // What lies beside a class is taken for it more often than the rest.
    const weights = Array.from({ length: classes }, (__, column) =>
      column === row ? 0 : random.unit() / (1 + Math.abs(column - row) ** 1.5),
    )
    const sum = weights.reduce((total, weight) => total + weight, 0)
    return weights.map((weight, column) => (column === row ? hit : ((1 - hit) * weight) / sum))
  })
}
