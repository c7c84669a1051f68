import { artifacts, proxyArtifacts } from './cases/artifacts.ts'
import { badInput } from './cases/bad-input.ts'
import { datasets } from './cases/datasets.ts'
import { experiments } from './cases/experiments.ts'
import { loggedModels } from './cases/logged-models.ts'
import { metrics } from './cases/metrics.ts'
import { paramsAndTags } from './cases/params-tags.ts'
import { runs } from './cases/runs.ts'
import { searchExperiments } from './cases/search-experiments.ts'
import { searchRuns } from './cases/search-runs.ts'
import { values } from './cases/values.ts'
import type { Group } from './scenario.ts'

export const groups: readonly Group[] = [
  experiments,
  runs,
  metrics,
  paramsAndTags,
  searchRuns,
  searchExperiments,
  datasets,
  loggedModels,
  artifacts,
  proxyArtifacts,
  values,
  badInput,
]
