import { learningCurve, seriesOf } from '../learning-curve.ts'
import type { ExperimentPlan, RunPlan } from '../run-plan.ts'
import type { Random } from '../seeded-random.ts'

const minute = 60_000

/** What lies about beside the large experiments: a few attempts, one that nobody has begun, one that was given up. */
export function smallExperiments(random: Random, now: number): ExperimentPlan[] {
  return [scratch(now), translation, oldBackbones(random.fork('old'), now)]
}

const translation: ExperimentPlan = {
  name: 'nlp/translation',
  note: 'To be begun: product texts from German to Polish.',
  tags: { team: 'nlp', owner: 'mei' },
  runs: [],
}

function scratch(now: number): ExperimentPlan {
  const attempt = (name: string, minutesAgo: number, more: Partial<RunPlan>): RunPlan => ({
    name,
    user: 'ada',
    startTime: now - minutesAgo * minute,
    endTime: now - (minutesAgo - 1) * minute,
    status: 'FINISHED',
    params: {},
    series: [],
    tags: { 'mlflow.user': 'ada', 'mlflow.source.name': '<stdin>', 'mlflow.source.type': 'LOCAL' },
    ...more,
  })
  const point = (key: string, value: number, minutesAgo: number) => ({
    key,
    points: [{ step: 0, value, time: now - minutesAgo * minute }],
  })
  return {
    name: 'scratch',
    note: 'Attempts. Nothing here is meant to last.',
    tags: { owner: 'ada' },
    runs: [
      attempt('hello', 300, { series: [point('answer', 42, 300)], params: { who: 'world' } }),
      attempt('odd values', 280, {
        series: [
          point('nothing but NaN', Number.NaN, 280),
          point('infinite', Number.POSITIVE_INFINITY, 280),
          point('tiny', 1.7e-19, 280),
          point('huge', 6.02e23, 280),
        ],
        params: {
          empty: '',
          path: 'C:\\data\\new',
          html: '<b>not bold</b>',
          json: '{"layers":[64,64,10],"act":"relu"}',
        },
      }),
      attempt('größer 🚀 שלום', 120, {
        series: [point('score', 0.5, 120)],
        params: { prompt: 'Say hello. '.repeat(180) },
      }),
      attempt('no values at all', 60, {}),
      attempt('deleted by mistake', 50, { series: [point('score', 0.1, 50)], isDeleted: true }),
    ],
  }
}

function oldBackbones(random: Random, now: number): ExperimentPlan {
  return {
    name: 'vision/old-backbones',
    note: 'Superseded by `vision/image-classification`.',
    tags: { team: 'vision', owner: 'ines' },
    isDeleted: true,
    runs: ['alexnet', 'vgg16', 'inception-v3', 'resnet101'].map((model, index): RunPlan => {
      const learner = {
        epochs: 12,
        classes: 10,
        ceiling: 0.6 + index * 0.05,
        pace: 4,
        overfit: 0.4,
        noise: 0.02,
        peakRate: 0.01,
      }
      const curve = learningCurve(learner, random)
      const startTime = now - (90 - index) * 1440 * minute
      const endTime = startTime + 45 * minute
      return {
        name: model,
        user: 'ines',
        startTime,
        endTime,
        status: 'FINISHED',
        params: { model, learning_rate: 0.01 },
        series: [
          seriesOf(
            'train/loss',
            curve.map((epoch) => epoch.trainLoss),
            startTime,
            endTime,
          ),
          seriesOf(
            'val/acc',
            curve.map((epoch) => epoch.valAccuracy),
            startTime,
            endTime,
          ),
        ],
        tags: { 'mlflow.user': 'ines' },
      }
    }),
  }
}
