import * as artifacts from './artifacts.ts'
import * as datasets from './datasets.ts'
import type { Endpoint, RequestOf, ResponseOf } from './endpoint.ts'
import * as experiments from './experiments.ts'
import * as loggedModels from './logged-models.ts'
import * as metrics from './metrics.ts'
import * as runs from './runs.ts'
import * as serverInfo from './server-info.ts'

/** The prefixes under which every endpoint answers, but those at the server's root. */
export const prefixes = ['/api/2.0', '/api/3.0', '/ajax-api/2.0', '/ajax-api/3.0'] as const

/** The contract: every endpoint under MLflow's RPC name. */
export const endpoints = {
  createExperiment: experiments.createExperiment,
  getExperiment: experiments.getExperiment,
  getExperimentByName: experiments.getExperimentByName,
  searchExperiments: experiments.searchExperiments,
  updateExperiment: experiments.updateExperiment,
  deleteExperiment: experiments.deleteExperiment,
  restoreExperiment: experiments.restoreExperiment,
  setExperimentTag: experiments.setExperimentTag,
  deleteExperimentTag: experiments.deleteExperimentTag,
  searchDatasets: datasets.searchDatasets,

  createRun: runs.createRun,
  getRun: runs.getRun,
  updateRun: runs.updateRun,
  deleteRun: runs.deleteRun,
  restoreRun: runs.restoreRun,
  searchRuns: runs.searchRuns,
  logMetric: runs.logMetric,
  logParam: runs.logParam,
  logBatch: runs.logBatch,
  setTag: runs.setTag,
  deleteTag: runs.deleteTag,
  logInputs: runs.logInputs,
  logOutputs: runs.logOutputs,
  logModel: runs.logModel,

  getMetricHistory: metrics.getMetricHistory,
  getMetricHistoryBulk: metrics.getMetricHistoryBulk,
  getMetricHistoryBulkInterval: metrics.getMetricHistoryBulkInterval,

  createLoggedModel: loggedModels.createLoggedModel,
  getLoggedModel: loggedModels.getLoggedModel,
  finalizeLoggedModel: loggedModels.finalizeLoggedModel,
  deleteLoggedModel: loggedModels.deleteLoggedModel,
  searchLoggedModels: loggedModels.searchLoggedModels,
  setLoggedModelTags: loggedModels.setLoggedModelTags,
  deleteLoggedModelTag: loggedModels.deleteLoggedModelTag,
  logLoggedModelParams: loggedModels.logLoggedModelParams,
  listLoggedModelArtifacts: loggedModels.listLoggedModelArtifacts,
  getLoggedModelArtifact: artifacts.getLoggedModelArtifact,

  listArtifacts: artifacts.listArtifacts,
  getArtifact: artifacts.getArtifact,
  uploadArtifact: artifacts.uploadArtifact,
  listProxiedArtifacts: artifacts.listProxiedArtifacts,
  downloadProxiedArtifact: artifacts.downloadProxiedArtifact,
  uploadProxiedArtifact: artifacts.uploadProxiedArtifact,
  deleteProxiedArtifact: artifacts.deleteProxiedArtifact,
  createMultipartUpload: artifacts.createMultipartUpload,
  uploadPart: artifacts.uploadPart,
  completeMultipartUpload: artifacts.completeMultipartUpload,
  abortMultipartUpload: artifacts.abortMultipartUpload,

  getServerInfo: serverInfo.getServerInfo,
} as const satisfies Record<string, Endpoint>

export type Endpoints = typeof endpoints
export type EndpointName = keyof Endpoints

/** Endpoints that move JSON and touch the store: they run whole on a storage thread. */
export type DataEndpointName = {
  [K in EndpointName]: Endpoints[K] extends { mode: 'read' | 'write' } ? K : never
}[EndpointName]

/** Endpoints that move bytes or need nothing of the store: they are served where the connection is. */
export type StreamEndpointName = Exclude<EndpointName, DataEndpointName>

export type Request<K extends EndpointName> = RequestOf<Endpoints[K]>
export type Response<K extends EndpointName> = ResponseOf<Endpoints[K]>
