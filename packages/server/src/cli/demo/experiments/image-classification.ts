import { consoleLog, requirements, yaml } from '../files/documents.ts'
import { batchLosses, learningCurve, seriesOf, share } from '../learning-curve.ts'
import type { Epoch } from '../learning-curve.ts'
import { people } from '../people.ts'
import type { ExperimentPlan, RunPlan, Series } from '../run-plan.ts'
import type { Random } from '../seeded-random.ts'
import { systemMetrics } from '../system-metrics.ts'
import { heldOut, trainingData } from './datasets.ts'
import { classes, evaluationFiles, showcaseFiles } from './image-classification-files.ts'
import { imageModelFiles, torchPackages } from './image-model.ts'
import type { Scale } from './scale.ts'
import { sourceTags } from './source-tags.ts'

interface Family {
  readonly ceiling: number
  readonly secondsPerEpoch: number
  readonly parameters: number
  readonly pace: number
  /** What it makes of too little augmentation, from 0 to 1. */
  readonly overfit: number
}

const families = {
  resnet18: { ceiling: 0.842, secondsPerEpoch: 21, parameters: 11.7, pace: 4.5, overfit: 0.25 },
  resnet50: { ceiling: 0.878, secondsPerEpoch: 48, parameters: 25.6, pace: 5.5, overfit: 0.45 },
  'efficientnet-b0': { ceiling: 0.866, secondsPerEpoch: 35, parameters: 5.3, pace: 6, overfit: 0.2 },
  'convnext-tiny': { ceiling: 0.905, secondsPerEpoch: 62, parameters: 28.6, pace: 6.5, overfit: 0.5 },
  'vit-b16': { ceiling: 0.911, secondsPerEpoch: 94, parameters: 86.6, pace: 9, overfit: 0.75 },
} as const satisfies Record<string, Family>

/** The learning rate that suits each optimizer best, and how much its choice costs. */
const optimizers = {
  adamw: { best: 6e-4, cost: 0 },
  adam: { best: 8e-4, cost: 0.008 },
  sgd: { best: 4e-2, cost: 0.004 },
} as const

const augmentations = {
  none: { gain: -0.028, overfit: 1.6 },
  'flip-crop': { gain: 0, overfit: 1 },
  'rand-augment': { gain: 0.014, overfit: 0.55 },
  mixup: { gain: 0.011, overfit: 0.4 },
} as const

const names = Object.keys(families) as (keyof typeof families)[]
const optimizerNames = Object.keys(optimizers) as (keyof typeof optimizers)[]
const augmentationNames = Object.keys(augmentations) as (keyof typeof augmentations)[]
const epochs = 30
const hour = 3_600_000

/** A sweep over model, optimizer and augmentation, with one run each that diverged, was killed, failed, and is running. */
export function imageClassification(random: Random, now: number, { sweep }: Scale): ExperimentPlan {
  const count = 60 * sweep
  return {
    name: 'vision/image-classification',
    note: [
      'Which product is in the photo? Ten classes, **48,200 photos** from the shop.',
      '',
      '- headline metric: `val/acc`, on photos taken after March',
      '- a model goes to Staging from **0.88** on',
      '- data: `product-photos`, see the datasets of each run',
    ].join('\n'),
    tags: { team: 'vision', owner: 'ines', 'trackway.headline': 'val/acc' },
    runs: Array.from({ length: count }, (_, index) => run(index, count, random.fork(`run ${index}`), now)),
  }
}

function run(index: number, count: number, random: Random, now: number): RunPlan {
  const family = names[index % names.length] ?? 'resnet18'
  const optimizer = optimizerNames[Math.floor(index / names.length) % optimizerNames.length] ?? 'adamw'
  const augmentation = random.pick(augmentationNames)
  const isLast = index === count - 1
  const ending = endings[count - 1 - index] ?? 'FINISHED'
  const diverges = index === 22
  const { best, cost } = optimizers[optimizer]
  const rate = diverges ? best * 40 : Number((best * 10 ** random.between(-1, 0.8)).toPrecision(2))
  const batch = random.pick([32, 64, 128, 256])
  const decay = random.pick([0, 1e-4, 1e-3, 1e-2, 5e-2])
  const { ceiling, secondsPerEpoch, parameters, pace, overfit } = families[family]
  const { gain, overfit: factor } = augmentations[augmentation]
  const missed = Math.log10(rate / best)
  const stopsAfter = ending === 'FINISHED' ? epochs : ending === 'RUNNING' ? 17 : 9
  const curve = learningCurve(
    {
      epochs,
      classes: classes.length,
      ceiling: share(
        ceiling + gain - cost - 0.05 * missed ** 2 - (decay === 5e-2 ? 0.012 : 0) + random.normal() * 0.004,
      ),
      pace: pace * (1 + 0.5 * Math.abs(missed)) * (batch / 128) ** 0.15,
      overfit: share(overfit * factor * (decay >= 1e-2 ? 0.7 : 1)),
      noise: 0.012 * (128 / batch) ** 0.4,
      peakRate: rate,
      stopsAfter,
      ...(diverges && { divergesAt: 6 }),
    },
    random,
  )
  const epochTimes = curve.map((_, epoch) => secondsPerEpoch * (1 + 0.03 * random.normal()) * (epoch === 0 ? 1.35 : 1))
  const duration = epochTimes.reduce((sum, seconds) => sum + seconds * 1000, 0)
  const startTime = Math.round(isLast ? now - duration : now - (count - index) * 7 * hour - random.unit() * 5 * hour)
  const endTime = Math.round(startTime + duration)
  const user = random.pick(people.slice(0, 3))
  const params = {
    model: family,
    optimizer,
    learning_rate: rate,
    batch_size: batch,
    augmentation,
    weight_decay: decay,
    epochs,
    'data.image_size': 224,
    'data.classes': classes.length,
    'schedule.name': 'cosine',
    'schedule.warmup_epochs': 3,
    seed: 1000 + index,
    parameters_millions: parameters,
  }
  const plan = {
    name: `${family}-${optimizer}-${augmentation}-${String(index).padStart(2, '0')}`,
    user,
    startTime,
    ...(isLast ? {} : { endTime }),
    status: ending,
    params,
    series: [
      ...curveSeries(curve, epochTimes, startTime, endTime),
      seriesOf('train/batch_loss', batchLosses(curve, 300, random), startTime, endTime),
      ...systemMetrics(
        { gpu: family === 'resnet18' ? 64 : 91, cpu: 38, memoryMegabytes: 9800 },
        startTime,
        endTime,
        random,
      ),
    ],
    tags: {
      ...sourceTags({ script: 'train.py', user, repository: 'vision/classifier' }, random),
      team: 'vision',
      sweep: `sweep-${1 + Math.floor(index / 20)}`,
      gpu: random.pick(['a100', 'a100', 'l4']),
      ...(notes[index] === undefined ? {} : { 'mlflow.note.content': notes[index] }),
    },
    datasets: trainingData('products'),
  } as const satisfies RunPlan
  const accuracy = curve.at(-1)?.valAccuracy ?? 0
  const isWhole = ending === 'FINISHED' && !diverges
  return {
    ...plan,
    files: () => [
      { path: 'config.yaml', content: yaml(params) },
      { path: 'requirements.txt', content: requirements(torchPackages) },
      { path: 'logs/console.log', content: consoleLog(plan, [`device: cuda:0, ${parameters} M parameters`]) },
      ...(isWhole ? evaluationFiles(curve, random.fork('files')) : []),
      ...(isWhole && index % 6 === 2 ? showcaseFiles(plan.name, curve, random.fork('showcase')) : []),
    ],
    ...(isWhole &&
      index % 3 === 0 && {
        model: {
          name: 'classifier',
          type: 'pytorch',
          params: { model: family, image_size: 224 },
          scores: { 'test/acc': share(accuracy - 0.006), 'test/top3_acc': share(accuracy + 0.07) },
          scoredOn: heldOut('products'),
          files: (ids) => imageModelFiles('model', 'classifier', endTime, ids, random.fork('weights')),
        },
      }),
  }
}

/** How the newest runs ended, the newest first. */
const endings: readonly RunPlan['status'][] = [
  'RUNNING',
  'FINISHED',
  'FINISHED',
  'KILLED',
  'FINISHED',
  'FINISHED',
  'FAILED',
]

const notes: Readonly<Record<number, string>> = {
  3: 'First run with the **new schedule**: three epochs of warm-up, then half a cosine.',
  22: 'Learning rate forty times too high by mistake: *diverges after six epochs*. Kept as a warning.',
  44: '## Worth a longer schedule\n\nStill getting better at the end, see `report.html`. *Next:* 60 epochs.',
}

function curveSeries(curve: readonly Epoch[], times: readonly number[], from: number, to: number): Series[] {
  return [
    seriesOf(
      'train/loss',
      curve.map((epoch) => epoch.trainLoss),
      from,
      to,
    ),
    seriesOf(
      'train/acc',
      curve.map((epoch) => epoch.trainAccuracy),
      from,
      to,
    ),
    seriesOf(
      'val/loss',
      curve.map((epoch) => epoch.valLoss),
      from,
      to,
    ),
    seriesOf(
      'val/acc',
      curve.map((epoch) => epoch.valAccuracy),
      from,
      to,
    ),
    seriesOf(
      'lr',
      curve.map((epoch) => epoch.rate),
      from,
      to,
    ),
    seriesOf('epoch_time_s', times, from, to),
  ]
}
