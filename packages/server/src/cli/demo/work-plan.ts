import { demand } from './experiments/demand.ts'
import { imageClassification } from './experiments/image-classification.ts'
import type { Scale } from './experiments/scale.ts'
import { segmentation } from './experiments/segmentation.ts'
import { sentiment } from './experiments/sentiment.ts'
import { smallExperiments } from './experiments/small-experiments.ts'
import type { ExperimentPlan } from './run-plan.ts'
import type { Random } from './seeded-random.ts'

/** All experiments of the demo, the one to look at first as the last: lists show the newest first. */
export function workPlan(random: Random, now: number, scale: Scale): ExperimentPlan[] {
  return [
    ...smallExperiments(random.fork('small'), now),
    demand(random.fork('demand'), now, scale),
    sentiment(random.fork('sentiment'), now, scale),
    segmentation(random.fork('segmentation'), now, scale),
    imageClassification(random.fork('classification'), now, scale),
  ]
}
