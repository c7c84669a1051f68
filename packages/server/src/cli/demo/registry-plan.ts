import type { Stage } from '@trackway/sdk'

import type { Person } from './people.ts'

/** Something that is done with a version, after the ones before it. */
export type Step =
  | { readonly do: 'move'; readonly to: Stage; readonly by: Person; readonly comment?: string }
  | { readonly do: 'request'; readonly to: Stage; readonly by: Person; readonly comment: string }
  | { readonly do: 'approve' | 'reject'; readonly to: Stage; readonly by: Person; readonly comment: string }
  | { readonly do: 'comment'; readonly by: Person; readonly comment: string }

export interface VersionPlan {
  readonly by: Person
  /** Which of the experiment's runs with a model it is made of: 0 is the best one by the metric. */
  readonly rank: number
  readonly description: string
  readonly tags: Readonly<Record<string, string>>
  /** In this order, before the next version is made. */
  readonly steps: readonly Step[]
}

export interface RegisteredModelPlan {
  readonly name: string
  readonly owner: Person
  readonly description: string
  readonly tags: Readonly<Record<string, string>>
  /** Where its versions come from, and by which metric the best is found. */
  readonly experiment: string
  readonly metric: string
  readonly best: 'highest' | 'lowest'
  /** Whether versions are MLflow 3's logged models, or folders among a run's artifacts. */
  readonly from: 'logged model' | 'run'
  readonly needsApproval: boolean
  readonly versions: readonly VersionPlan[]
  /** Alias → number of the version. */
  readonly aliases: Readonly<Record<string, string>>
}

const toProduction = (asks: Person, approves: Person, why: string, answer: string): readonly Step[] => [
  { do: 'request', to: 'Production', by: asks, comment: why },
  { do: 'approve', to: 'Production', by: approves, comment: answer },
]

/** The registry of the demo: every stage, requests that are open, approved and rejected. */
export const registryPlan: readonly RegisteredModelPlan[] = [
  {
    name: 'product-image-classifier',
    owner: 'ines',
    description:
      'Which of ten products a photo shows. Used by the **search by picture** of the shop.\n\n' +
      'Goes to Production only with an approval. *Its files are samples: no weights are in them.*',
    tags: { team: 'vision', task: 'image-classification', service: 'visual-search' },
    experiment: 'vision/image-classification',
    metric: 'val/acc',
    best: 'highest',
    from: 'logged model',
    needsApproval: true,
    versions: [
      {
        by: 'ines',
        rank: 9,
        description: 'First one that went live.',
        tags: { validation: 'passed' },
        steps: [
          { do: 'move', to: 'Staging', by: 'ines' },
          ...toProduction('ines', 'kofi', 'Good enough to begin with.', 'Agreed, traffic is small.'),
        ],
      },
      {
        by: 'kofi',
        rank: 7,
        description: 'Wider augmentation.',
        tags: { validation: 'passed' },
        steps: [
          { do: 'move', to: 'Staging', by: 'kofi', comment: 'Shadow traffic for a week.' },
          ...toProduction('kofi', 'ines', '+1.1 points on the March photos.', 'Shadow run looks fine.'),
        ],
      },
      {
        by: 'ines',
        rank: 4,
        description: 'Confused lamps with plants; never left Staging.',
        tags: { validation: 'failed' },
        steps: [
          { do: 'move', to: 'Staging', by: 'ines' },
          { do: 'request', to: 'Production', by: 'ines', comment: 'Better on average.' },
          { do: 'reject', to: 'Production', by: 'mei', comment: 'Recall of `lamp` fell to 0.61: not like this.' },
          { do: 'move', to: 'Archived', by: 'ines' },
        ],
      },
      {
        by: 'kofi',
        rank: 2,
        description: 'More lamps in the training set.',
        tags: { validation: 'passed' },
        steps: [
          { do: 'move', to: 'Staging', by: 'kofi' },
          { do: 'comment', by: 'mei', comment: 'Lamps are at 0.88 now, thank you.' },
          ...toProduction('kofi', 'mei', 'Fixes the lamps.', 'Go.'),
        ],
      },
      {
        by: 'ines',
        rank: 1,
        description: 'Candidate for the autumn release.',
        tags: { validation: 'passed' },
        steps: [
          { do: 'move', to: 'Staging', by: 'ines', comment: 'Shadow traffic since Monday.' },
          { do: 'request', to: 'Production', by: 'ines', comment: 'Wins on all ten classes, latency 41 ms (p95).' },
          { do: 'comment', by: 'kofi', comment: 'Please wait for the load test of tonight.' },
        ],
      },
      {
        by: 'mei',
        rank: 0,
        description: 'Best of the sweep, not looked at yet.',
        tags: { validation: 'pending' },
        steps: [],
      },
    ],
    aliases: { champion: '4', challenger: '5' },
  },
  {
    name: 'street-segmentation',
    owner: 'kofi',
    description: 'Masks of road, sky, vegetation, cars and people.',
    tags: { team: 'vision', task: 'segmentation' },
    experiment: 'vision/segmentation',
    metric: 'val/iou',
    best: 'highest',
    from: 'run',
    needsApproval: false,
    versions: [
      {
        by: 'kofi',
        rank: 3,
        description: 'Baseline with a U-Net.',
        tags: {},
        steps: [
          { do: 'move', to: 'Production', by: 'kofi' },
          { do: 'move', to: 'Archived', by: 'kofi', comment: 'Replaced by version 2.' },
        ],
      },
      {
        by: 'kofi',
        rank: 1,
        description: 'Larger crops.',
        tags: {},
        steps: [{ do: 'move', to: 'Production', by: 'kofi' }],
      },
      {
        by: 'mei',
        rank: 0,
        description: 'SegFormer.',
        tags: {},
        steps: [{ do: 'request', to: 'Staging', by: 'mei', comment: 'Two points more on `person`.' }],
      },
    ],
    aliases: { champion: '2' },
  },
  {
    name: 'review-sentiment',
    owner: 'mei',
    description: 'Bad, fair or good, from the text of a review.',
    tags: { team: 'nlp', task: 'text-classification', language: 'en' },
    experiment: 'nlp/sentiment',
    metric: 'val/f1',
    best: 'highest',
    from: 'logged model',
    needsApproval: true,
    versions: [
      {
        by: 'mei',
        rank: 5,
        description: 'Bag of words.',
        tags: {},
        steps: [{ do: 'move', to: 'Archived', by: 'mei' }],
      },
      {
        by: 'mei',
        rank: 3,
        description: 'Small and quick.',
        tags: { latency: '6 ms' },
        steps: toProduction('mei', 'tomas', 'Six times quicker than BERT.', 'Approved for the mobile app.'),
      },
      {
        by: 'tomas',
        rank: 1,
        description: 'RoBERTa.',
        tags: { latency: '24 ms' },
        steps: [
          { do: 'move', to: 'Staging', by: 'tomas' },
          { do: 'request', to: 'Production', by: 'tomas', comment: 'F1 0.93.' },
          { do: 'reject', to: 'Production', by: 'mei', comment: 'Too slow for the app; keep it for batch jobs.' },
        ],
      },
      {
        by: 'mei',
        rank: 0,
        description: 'DeBERTa, distilled next.',
        tags: {},
        steps: [{ do: 'request', to: 'Staging', by: 'mei', comment: 'As a teacher for the next one.' }],
      },
    ],
    aliases: { champion: '2', batch: '3' },
  },
  {
    name: 'demand-forecast',
    owner: 'tomas',
    description: 'Sales of the next 28 days for each store and item.',
    tags: { team: 'forecast', task: 'regression' },
    experiment: 'forecast/demand',
    metric: 'test/mape',
    best: 'lowest',
    from: 'run',
    needsApproval: false,
    versions: [
      {
        by: 'tomas',
        rank: 5,
        description: 'Without promotions.',
        tags: {},
        steps: [{ do: 'move', to: 'Archived', by: 'tomas' }],
      },
      {
        by: 'ada',
        rank: 3,
        description: 'With the weather.',
        tags: {},
        steps: [{ do: 'move', to: 'Archived', by: 'tomas' }],
      },
      {
        by: 'tomas',
        rank: 2,
        description: 'Shallow trees.',
        tags: {},
        steps: [{ do: 'move', to: 'Production', by: 'tomas' }],
      },
      {
        by: 'ada',
        rank: 1,
        description: 'Tuned on the spring season.',
        tags: {},
        steps: [
          { do: 'move', to: 'Staging', by: 'ada' },
          { do: 'comment', by: 'tomas', comment: 'MAPE in the north is still 2 % worse than elsewhere.' },
        ],
      },
      { by: 'ada', rank: 0, description: 'Tuned on all seasons.', tags: {}, steps: [] },
    ],
    aliases: { champion: '3', challenger: '4' },
  },
  {
    name: 'demand-forecast-promotions',
    owner: 'ada',
    description: 'The same for items on promotion. An attempt so far.',
    tags: { team: 'forecast', task: 'regression' },
    experiment: 'forecast/demand',
    metric: 'test/mape',
    best: 'lowest',
    from: 'run',
    needsApproval: false,
    versions: [{ by: 'ada', rank: 4, description: '', tags: {}, steps: [] }],
    aliases: {},
  },
]
