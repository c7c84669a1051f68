import { consoleLog, requirements, yaml } from '../files/documents.ts'
import { streetSegments } from '../files/pictures.ts'
import { learningCurve, seriesOf, share } from '../learning-curve.ts'
import type { ExperimentPlan, RunPlan } from '../run-plan.ts'
import type { Random } from '../seeded-random.ts'
import { systemMetrics } from '../system-metrics.ts'
import { heldOut, trainingData } from './datasets.ts'
import { imageModelFiles, torchPackages } from './image-model.ts'
import type { Scale } from './scale.ts'
import { sourceTags } from './source-tags.ts'

const architectures = { unet: 0.71, 'deeplab-v3': 0.755, segformer: 0.79 } as const
const losses = { 'cross-entropy': 0, dice: 0.012, focal: 0.006 } as const
const segments = { road: 0.12, sky: 0.16, vegetation: 0.03, car: -0.02, person: -0.16 } as const

const architectureNames = Object.keys(architectures) as (keyof typeof architectures)[]
const lossNames = Object.keys(losses) as (keyof typeof losses)[]
const epochs = 40

/** Masks of streets: architecture against loss, with a picture every ten epochs. */
export function segmentation(random: Random, now: number, { sweep }: Scale): ExperimentPlan {
  return {
    name: 'vision/segmentation',
    note: 'Road, sky, vegetation, cars and people in street scenes. Judged by `val/iou`, the mean over the classes.',
    tags: { team: 'vision', owner: 'kofi', 'trackway.headline': 'val/iou' },
    runs: Array.from({ length: 20 * sweep }, (_, index) => run(index, random.fork(`run ${index}`), now)),
  }
}

function run(index: number, random: Random, now: number): RunPlan {
  const architecture = architectureNames[index % architectureNames.length] ?? 'unet'
  const loss = lossNames[Math.floor(index / architectureNames.length) % lossNames.length] ?? 'dice'
  const cropSize = random.pick([384, 512, 768])
  const rate = random.pick([1e-4, 3e-4, 6e-4, 1e-3])
  const ceiling =
    architectures[architecture] + losses[loss] + (cropSize - 512) / 20_000 - Math.abs(Math.log10(rate / 4e-4)) * 0.03
  const curve = learningCurve(
    {
      epochs,
      classes: 5,
      ceiling,
      pace: 8,
      overfit: architecture === 'unet' ? 0.3 : 0.1,
      noise: 0.012,
      peakRate: rate,
    },
    random,
  )
  const startTime = Math.round(now - (20 - (index % 20)) * 15 * 3_600_000 - random.unit() * 3_600_000 * 4)
  const endTime = startTime + Math.round((1.2 + random.unit()) * 3_600_000)
  const user = index % 4 === 1 ? 'mei' : 'kofi'
  const params = {
    architecture,
    loss,
    learning_rate: rate,
    crop_size: cropSize,
    encoder: architecture === 'segformer' ? 'mit-b2' : 'resnet50',
    batch_size: 16,
    epochs,
    'augmentation.flip': true,
    'augmentation.colour_jitter': random.pick([0, 0.2, 0.4]),
  }
  const iou = curve.map((epoch) => epoch.valAccuracy)
  const plan: RunPlan = {
    name: `${architecture}-${loss}-${cropSize}`,
    user,
    startTime,
    endTime,
    status: 'FINISHED',
    params,
    series: [
      seriesOf(
        'train/loss',
        curve.map((epoch) => epoch.trainLoss),
        startTime,
        endTime,
      ),
      seriesOf(
        'val/loss',
        curve.map((epoch) => epoch.valLoss),
        startTime,
        endTime,
      ),
      seriesOf('val/iou', iou, startTime, endTime),
      seriesOf(
        'val/dice',
        iou.map((value) => (2 * value) / (1 + value)),
        startTime,
        endTime,
      ),
      ...Object.entries(segments).map(([segment, ease]) =>
        seriesOf(
          `iou/${segment}`,
          iou.map((value) => share(value + ease + random.normal() * 0.012)),
          startTime,
          endTime,
        ),
      ),
      seriesOf(
        'lr',
        curve.map((epoch) => epoch.rate),
        startTime,
        endTime,
      ),
      ...systemMetrics({ gpu: 94, cpu: 55, memoryMegabytes: 21_500 }, startTime, endTime, random),
    ],
    tags: { ...sourceTags({ script: 'segment.py', user, repository: 'vision/streets' }, random), team: 'vision' },
    datasets: trainingData('streets'),
  }
  const final = iou.at(-1) ?? 0
  return {
    ...plan,
    files: () => [
      { path: 'config.yaml', content: yaml(params) },
      { path: 'requirements.txt', content: requirements(torchPackages) },
      { path: 'logs/console.log', content: consoleLog(plan) },
      ...[0, 9, 19, 29, 39].map((epoch) => ({
        path: `images/step_${String(epoch).padStart(4, '0')}.png`,
        content: streetSegments(iou[epoch] ?? 0, random.fork('street')),
      })),
    ],
    ...(index % 4 === 2 && {
      model: {
        name: 'segmenter',
        type: 'pytorch',
        params: { architecture, crop_size: cropSize },
        scores: { 'test/iou': final - 0.011 },
        scoredOn: heldOut('streets'),
        files: (ids) => imageModelFiles('model', 'segmenter', endTime, ids, random.fork('weights')),
      },
    }),
  }
}
