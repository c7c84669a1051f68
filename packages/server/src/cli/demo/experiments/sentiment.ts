import { consoleLog, yaml } from '../files/documents.ts'
import { modelFolder } from '../files/model-folder.ts'
import { predictions, predictionsCsv } from '../files/prediction-tables.ts'
import { learningCurve, seriesOf, share } from '../learning-curve.ts'
import { lastValue } from '../run-plan.ts'
import type { ExperimentPlan, RunPlan } from '../run-plan.ts'
import type { Random } from '../seeded-random.ts'
import { heldOut, trainingData } from './datasets.ts'
import type { Scale } from './scale.ts'
import { sourceTags } from './source-tags.ts'

const encoders = {
  'distilbert-base': { ceiling: 0.902, minutes: 14 },
  'bert-base': { ceiling: 0.917, minutes: 27 },
  'roberta-base': { ceiling: 0.936, minutes: 29 },
  'deberta-v3-small': { ceiling: 0.941, minutes: 33 },
  'minilm-l6': { ceiling: 0.884, minutes: 8 },
  'tfidf-logistic': { ceiling: 0.846, minutes: 2 },
} as const

type Encoder = keyof typeof encoders

const rates = [2e-5, 5e-5] as const
const seeds = [11, 23, 47] as const
const epochs = 8
const day = 86_400_000
const minute = 60_000
const packages = { mlflow: '3.17.2', transformers: '4.57.3', torch: '2.9.1', 'scikit-learn': '1.7.2' } as const

/** A sweep for each encoder; in it a run for each learning rate; in that a run for each seed. */
export function sentiment(random: Random, now: number, { sweep }: Scale): ExperimentPlan {
  const encoderNames = Object.keys(encoders) as Encoder[]
  return {
    name: 'nlp/sentiment',
    note: 'Stars from the text of a review. Each sweep is one encoder; **each setting is trained with three seeds**.',
    tags: { team: 'nlp', owner: 'mei', 'trackway.headline': 'val/f1' },
    runs: Array.from({ length: sweep }, (_, round) =>
      encoderNames.map((encoder, index) =>
        encoderSweep(
          encoder,
          now - (encoderNames.length - index + round * 7) * day,
          random.fork(`${encoder} ${round}`),
        ),
      ),
    ).flat(),
  }
}

function encoderSweep(encoder: Encoder, startTime: number, random: Random): RunPlan {
  const children = rates.map((rate, index) =>
    setting(encoder, rate, startTime + index * 110 * minute, random.fork(`${rate}`)),
  )
  const best = children.toSorted((a, b) => lastValue(b, 'val/f1') - lastValue(a, 'val/f1'))[0]
  return {
    name: `sweep-${encoder}`,
    user: 'mei',
    startTime,
    endTime: Math.max(...children.map(({ endTime = startTime }) => endTime)) + minute,
    status: 'FINISHED',
    params: { encoder, 'search.space': 'learning_rate', 'search.seeds': seeds.length },
    series: ['val/f1', 'val/acc'].map((key) => ({
      key: `best/${key}`,
      points: [
        { step: 0, value: best === undefined ? Number.NaN : lastValue(best, key), time: startTime + 230 * minute },
      ],
    })),
    tags: { ...sourceTags({ script: 'sweep.py', user: 'mei', repository: 'nlp/reviews' }, random), level: 'sweep' },
    children,
  }
}

/** A learning rate: its values are the means over its seeds. */
function setting(encoder: Encoder, rate: number, startTime: number, random: Random): RunPlan {
  const { minutes } = encoders[encoder]
  const children = seeds.map((seed, index) =>
    training({ encoder, rate, seed, startTime: startTime + index * (minutes + 1) * minute }, random.fork(`${seed}`)),
  )
  const endTime = Math.max(...children.map((child) => child.endTime ?? startTime))
  const mean = (key: string): number =>
    children.reduce((sum, child) => sum + lastValue(child, key), 0) / children.length
  const spread = (key: string): number =>
    Math.sqrt(children.reduce((sum, child) => sum + (lastValue(child, key) - mean(key)) ** 2, 0) / children.length)
  return {
    name: `${encoder}-lr${rate}`,
    user: 'mei',
    startTime,
    endTime,
    status: 'FINISHED',
    params: { encoder, learning_rate: rate },
    series: [
      ...['val/f1', 'val/acc', 'val/loss'].map((key) => ({
        key,
        points: [{ step: 0, value: mean(key), time: endTime }],
      })),
      { key: 'val/f1_std', points: [{ step: 0, value: spread('val/f1'), time: endTime }] },
    ],
    tags: { 'mlflow.user': 'mei', level: 'setting' },
    children,
  }
}

function training(
  { encoder, rate, seed, startTime }: { encoder: Encoder; rate: number; seed: number; startTime: number },
  random: Random,
): RunPlan {
  const { ceiling, minutes } = encoders[encoder]
  const reached = ceiling - (rate === 5e-5 ? 0.004 : 0) + random.normal() * 0.004
  const curve = learningCurve(
    { epochs, classes: 3, ceiling: reached, pace: 1.6, overfit: 0.35, noise: 0.006, peakRate: rate },
    random,
  )
  const endTime = startTime + Math.round(minutes * minute * random.between(0.9, 1.1))
  const params = {
    encoder,
    learning_rate: rate,
    seed,
    epochs,
    batch_size: 32,
    max_length: 256,
    'tokenizer.lowercase': true,
  }
  const accuracies = curve.map((epoch) => epoch.valAccuracy)
  const plan: RunPlan = {
    name: `${encoder}-lr${rate}-seed${seed}`,
    user: 'mei',
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
      seriesOf('val/acc', accuracies, startTime, endTime),
      seriesOf(
        'val/f1',
        accuracies.map((value) => share(value - 0.012 + random.normal() * 0.002)),
        startTime,
        endTime,
      ),
    ],
    tags: { ...sourceTags({ script: 'train.py', user: 'mei', repository: 'nlp/reviews' }, random), level: 'seed' },
    datasets: trainingData('reviews'),
  }
  const f1 = lastValue(plan, 'val/f1')
  return {
    ...plan,
    files: () => [
      { path: 'config.yaml', content: yaml(params) },
      { path: 'logs/console.log', content: consoleLog(plan) },
      {
        path: 'predictions.csv',
        content: predictionsCsv(predictions(60, ['bad', 'fair', 'good'], f1, random.fork('rows'))),
      },
    ],
    ...(seed === seeds[0] &&
      rate === rates[0] && {
        model: {
          name: 'sentiment',
          type: 'transformers',
          params: { encoder },
          scores: { 'test/f1': share(f1 - 0.007), 'test/acc': share(lastValue(plan, 'val/acc') - 0.004) },
          scoredOn: heldOut('reviews'),
          files: (ids) =>
            modelFolder(
              {
                path: 'model',
                flavor: 'transformers',
                settings: { task: 'text-classification', source_model_name: encoder, framework: 'pt' },
                packages,
                inputs: [{ name: 'text', type: 'string' }],
                outputs: [
                  { name: 'label', type: 'string' },
                  { name: 'score', type: 'double' },
                ],
                inputExample: { text: ['Arrived early, fits well.'] },
                data: {
                  path: 'model/config.json',
                  content: `${JSON.stringify({ model_type: encoder, num_labels: 3 })}\n`,
                },
                madeAt: endTime,
              },
              ids,
            ),
        },
      }),
  }
}
