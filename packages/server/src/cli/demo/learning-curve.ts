import type { Series } from './run-plan.ts'
import type { Random } from './seeded-random.ts'

/** How a model learns, as far as its curves show it. */
export interface Learner {
  readonly epochs: number
  readonly classes: number
  /** The validation accuracy that it comes near to. */
  readonly ceiling: number
  /** Epochs after which two thirds are learnt. */
  readonly pace: number
  /** From 0, not at all, to 1: how far training and validation part. */
  readonly overfit: number
  readonly noise: number
  readonly peakRate: number
  /** The epoch from which the loss grows beyond all bounds. */
  readonly divergesAt?: number
  /** How many epochs it gets to before somebody or something stops it. */
  readonly stopsAfter?: number
}

export interface Epoch {
  readonly trainLoss: number
  readonly trainAccuracy: number
  readonly valLoss: number
  readonly valAccuracy: number
  readonly rate: number
}

const warmUpEpochs = 3

/** One training: losses fall from that of guessing, then level out; validation turns back where the model overfits. */
export function learningCurve(learner: Learner, random: Random): Epoch[] {
  const { epochs, classes, ceiling, pace, overfit, noise, divergesAt = Infinity, stopsAfter = epochs } = learner
  const chance = 1 / classes
  const trainCeiling = Math.min(0.998, ceiling + 0.03 + overfit * 0.15)
  return Array.from({ length: stopsAfter }, (_, epoch): Epoch => {
    const rate = scheduledRate(learner, epoch)
    if (epoch >= divergesAt) return { ...diverged(classes, epoch - divergesAt), rate }
    const done = epoch / epochs
    const left = Math.exp(-(epoch + 1) / pace)
    // Late epochs take smaller steps, so that their figures jump about less.
    const wobble = (): number => random.normal() * noise * (0.35 + left)
    const late = Math.max(0, done - 0.35)
    return {
      rate,
      trainLoss: Math.max(0.001, Math.log(classes) * left - Math.log(trainCeiling) * 0.8 + wobble() * 0.8),
      trainAccuracy: share(chance + (trainCeiling - chance) * (1 - left) + wobble() * 0.3),
      valLoss: Math.max(
        0.01,
        Math.log(classes) * left * 1.05 - Math.log(ceiling) * 0.95 + overfit * 1.6 * late ** 1.4 + wobble() * 1.4,
      ),
      valAccuracy: share(chance + (ceiling - chance) * (1 - left ** 1.15) - overfit * 0.05 * late + wobble() * 0.5),
    }
  })
}

/** Warm-up in a straight line, then half a cosine down to nothing. */
function scheduledRate({ peakRate, epochs }: Learner, epoch: number): number {
  if (epoch < warmUpEpochs) return (peakRate * (epoch + 1)) / warmUpEpochs
  const done = (epoch - warmUpEpochs) / Math.max(1, epochs - warmUpEpochs)
  return (peakRate * (1 + Math.cos(Math.PI * done))) / 2
}

function diverged(classes: number, epochsSince: number): Omit<Epoch, 'rate'> {
  const loss = epochsSince < 4 ? Math.log(classes) * 6 ** (epochsSince + 1) : Number.NaN
  return { trainLoss: loss, valLoss: loss * 1.3, trainAccuracy: 1 / classes, valAccuracy: 1 / classes }
}

export function share(value: number): number {
  return Math.min(1, Math.max(0, value))
}

/** One series of equally spaced points, ending before `endTime`. */
export function seriesOf(key: string, values: readonly number[], startTime: number, endTime: number): Series {
  const gap = (endTime - startTime) / Math.max(1, values.length)
  return {
    key,
    points: values.map((value, step) => ({ step, value, time: Math.round(startTime + gap * (step + 1)) - 1 })),
  }
}

/** The loss of single batches between the epochs: the same way down, with much more noise. */
export function batchLosses(epochs: readonly Epoch[], count: number, random: Random): number[] {
  return Array.from({ length: count }, (_, index) => {
    const at = (index / count) * (epochs.length - 1)
    const before = epochs[Math.floor(at)]?.trainLoss ?? 0
    const after = epochs[Math.ceil(at)]?.trainLoss ?? before
    const loss = before + (after - before) * (at % 1)
    return Math.max(0.0005, loss * (1 + random.normal() * 0.12))
  })
}
