import { consoleLog, htmlReport, yaml } from '../files/documents.ts'
import { modelFolder } from '../files/model-folder.ts'
import { seriesOf } from '../learning-curve.ts'
import type { ExperimentPlan, RunPlan } from '../run-plan.ts'
import type { Random } from '../seeded-random.ts'
import { systemMetrics } from '../system-metrics.ts'
import { heldOut, trainingData } from './datasets.ts'
import type { Scale } from './scale.ts'
import { sourceTags } from './source-tags.ts'

const regions = { north: 1.08, south: 0.94, east: 1.02, west: 0.97 } as const
const shownTrees = 100
const hour = 3_600_000
const packages = { mlflow: '3.17.2', xgboost: '3.1.2', pandas: '2.3.3', 'scikit-learn': '1.7.2' } as const

/** Boosted trees with many params, whose error falls tree by tree and rises again where they are too deep. */
export function demand(random: Random, now: number, { sweep }: Scale): ExperimentPlan {
  return {
    name: 'forecast/demand',
    note: [
      'Sales per store and item for the next 28 days, by gradient boosting.',
      '',
      '`valid/rmse` falls with every tree; `test/mape` is what the shops feel.',
    ].join('\n'),
    tags: { team: 'forecast', owner: 'tomas', 'trackway.headline': 'test/mape' },
    runs: Array.from({ length: 40 * sweep }, (_, index) => run(index, random.fork(`run ${index}`), now)),
  }
}

function run(index: number, random: Random, now: number): RunPlan {
  const depth = random.pick([3, 4, 6, 8, 10])
  const rate = random.pick([0.02, 0.05, 0.1, 0.2, 0.3])
  const subsample = random.pick([0.6, 0.8, 1])
  const lambda = random.pick([0, 1, 5, 20])
  const hasWeather = random.unit() < 0.5
  const hasPromotions = random.unit() < 0.7
  const trees = random.pick([400, 800, 1200])
  const params = {
    objective: 'reg:squarederror',
    booster: 'gbtree',
    tree_method: 'hist',
    n_estimators: trees,
    max_depth: depth,
    learning_rate: rate,
    subsample,
    colsample_bytree: random.pick([0.5, 0.7, 0.9]),
    min_child_weight: random.pick([1, 5, 20]),
    reg_alpha: random.pick([0, 0.1, 1]),
    reg_lambda: lambda,
    gamma: random.pick([0, 0.2, 1]),
    max_bin: 256,
    early_stopping_rounds: 50,
    'features.lags': random.pick(['1,7,14', '1,7,14,28', '1,7,28,364']),
    'features.calendar': true,
    'features.weather': hasWeather,
    'features.promotions': hasPromotions,
    'cv.folds': 5,
    'cv.gap_days': 28,
    horizon_days: 28,
    seed: 7,
  }
  const depthMissed = Math.abs(depth - 6) / 6
  const floor =
    11.2 +
    1.6 * depthMissed +
    (hasWeather ? 0 : 0.5) +
    (hasPromotions ? 0 : 1.4) +
    (subsample === 1 ? 0.25 : 0) +
    random.normal() * 0.12
  const overfit = Math.max(0, depth - 6) * rate * 2.2 * (lambda >= 5 ? 0.4 : 1)
  const isFailing = index === 13
  const learnt = Array.from(
    { length: isFailing ? 37 : shownTrees },
    (_, step) => 1 - Math.exp((-rate * trees * (step + 1)) / shownTrees / 9),
  )
  const errors = learnt.map((done, step) => ({
    train: floor * 0.82 + (38 - floor) * (1 - done) - overfit * 0.8 * (step / shownTrees) + random.normal() * 0.05,
    valid: floor + (38 - floor) * (1 - done) + overfit * (step / shownTrees) ** 1.3 + random.normal() * 0.09,
  }))
  const rmse = errors.at(-1)?.valid ?? floor
  const startTime = Math.round(now - (40 - (index % 40)) * 9 * hour - random.unit() * 3 * hour)
  const endTime = startTime + Math.round((trees / 400) * depth * 41_000)
  const at = (step: number): number => startTime + Math.round(((endTime - startTime) * (step + 1)) / 6)
  const user = random.pick(['tomas', 'ada'] as const)
  const plan: RunPlan = {
    name: `xgb-d${depth}-lr${rate}-${String(index).padStart(2, '0')}`,
    user,
    startTime,
    endTime,
    status: isFailing ? 'FAILED' : 'FINISHED',
    params,
    series: [
      seriesOf(
        'train/rmse',
        errors.map(({ train }) => Math.max(0.4, train)),
        startTime,
        endTime,
      ),
      seriesOf(
        'valid/rmse',
        errors.map(({ valid }) => valid),
        startTime,
        endTime,
      ),
      {
        key: 'cv/rmse',
        points: Array.from({ length: 5 }, (_, step) => ({
          step,
          value: rmse * (1 + random.normal() * 0.04),
          time: at(step),
        })),
      },
      ...(isFailing
        ? []
        : [
            { key: 'test/rmse', points: [{ step: 0, value: rmse * 1.03, time: endTime }] },
            { key: 'test/mape', points: [{ step: 0, value: rmse * 0.0094 + random.normal() * 0.001, time: endTime }] },
            {
              key: 'test/coverage_90',
              points: [{ step: 0, value: Math.min(0.97, 0.91 - overfit * 0.03), time: endTime }],
            },
            ...Object.entries(regions).map(([region, factor]) => ({
              key: `mape/${region}`,
              points: [{ step: 0, value: rmse * 0.0094 * factor + random.normal() * 0.0015, time: endTime }],
            })),
          ]),
      ...systemMetrics({ cpu: 88, memoryMegabytes: 14_200 }, startTime, endTime, random),
    ],
    tags: {
      ...sourceTags({ script: 'forecast.py', user, repository: 'forecast/demand' }, random),
      team: 'forecast',
      season: random.pick(['spring', 'summer', 'winter']),
    },
    datasets: trainingData('sales'),
  }
  return {
    ...plan,
    files: () => [
      { path: 'config.yaml', content: yaml(params) },
      { path: 'logs/console.log', content: consoleLog(plan) },
      { path: 'importance.csv', content: importance(random.fork('importance')) },
      {
        path: 'report.html',
        content: htmlReport(`Forecast ${plan.name}`, 'Error on the last 28 days.', {
          RMSE: rmse.toFixed(3),
          Trees: trees,
        }),
      },
    ],
    ...(plan.status === 'FINISHED' &&
      index % 4 === 0 && {
        model: {
          name: 'forecaster',
          type: 'xgboost',
          params: { max_depth: depth, learning_rate: rate, n_estimators: trees },
          scores: { 'test/rmse': rmse * 1.03 },
          scoredOn: heldOut('sales'),
          files: (ids) => forecasterFiles(trees, endTime, ids),
        },
      }),
  }
}

function forecasterFiles(trees: number, madeAt: number, ids: { readonly runId: string; readonly modelId: string }) {
  return modelFolder(
    {
      path: 'model',
      flavor: 'xgboost',
      settings: { model_class: 'xgboost.sklearn.XGBRegressor', model_format: 'json', xgb_version: packages.xgboost },
      packages,
      inputs: [
        { name: 'store', type: 'long' },
        { name: 'item', type: 'long' },
        { name: 'price', type: 'double' },
        { name: 'promotion', type: 'boolean' },
      ],
      outputs: [{ type: 'double' }],
      inputExample: { columns: ['store', 'item', 'price', 'promotion'], data: [[12, 4711, 3.99, true]] },
      data: { path: 'model.json', content: `${JSON.stringify({ learner: { trees } })}\n` },
      madeAt,
    },
    ids,
  )
}

function importance(random: Random): string {
  const features = [
    'lag_7',
    'lag_28',
    'price',
    'promotion',
    'weekday',
    'month',
    'temperature',
    'rain',
    'lag_364',
    'store_size',
  ]
  const rows = features.map((feature, rank) => `${feature},${((0.3 + 0.1 * random.unit()) / (rank + 1)).toFixed(4)}`)
  return ['feature,gain', ...rows, ''].join('\n')
}
