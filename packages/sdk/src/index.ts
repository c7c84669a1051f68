export {
  ApiError,
  betterWhen,
  eventKinds,
  headlineMetric,
  isLowerBetter,
  isSystemMetric,
  metricWeight,
  systemPrefix,
} from '@trackway/api'
export type * from '@trackway/api'
export { createClient } from './client.ts'
export type { CallOptions, Client, ClientOptions } from './client.ts'
export { paginate } from './paginate.ts'
export { UnreachableError } from './unreachable-error.ts'
