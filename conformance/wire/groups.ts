import { artifacts, proxyArtifacts } from './cases/artifacts.ts'
import { badInput } from './cases/bad-input.ts'
import { datasets } from './cases/datasets.ts'
import { experiments } from './cases/experiments.ts'
import { loggedModels } from './cases/logged-models.ts'
import { metrics } from './cases/metrics.ts'
import { modelVersions } from './cases/model-versions.ts'
import { paramsAndTags } from './cases/params-tags.ts'
import { prompts } from './cases/prompts.ts'
import { registeredModels } from './cases/registered-models.ts'
import { runs } from './cases/runs.ts'
import { searchExperiments } from './cases/search-experiments.ts'
import { searchModels } from './cases/search-models.ts'
import { searchRuns } from './cases/search-runs.ts'
import { searchVersions } from './cases/search-versions.ts'
import { values } from './cases/values.ts'
import { versionSources } from './cases/version-sources.ts'
import { webhooks } from './cases/webhooks.ts'
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
  registeredModels,
  modelVersions,
  versionSources,
  searchModels,
  searchVersions,
  prompts,
  webhooks,
  values,
  badInput,
]
