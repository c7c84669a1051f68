import * as artifactViews from './artifact-views.ts'
import * as artifacts from './artifacts.ts'
import * as datasets from './datasets.ts'
import type { Endpoint, RequestOf, ResponseOf } from './endpoint.ts'
import * as events from './events.ts'
import * as headlines from './experiment-headlines.ts'
import * as experiments from './experiments.ts'
import * as loggedModels from './logged-models.ts'
import * as series from './metric-series.ts'
import * as metrics from './metrics.ts'
import * as modelVersions from './model-versions.ts'
import * as registeredModels from './registered-models.ts'
import * as runExport from './run-export.ts'
import * as runFacets from './run-facets.ts'
import * as runImportance from './run-importance.ts'
import * as runGroups from './run-groups.ts'
import * as runQuery from './run-query.ts'
import * as runs from './runs.ts'
import * as serverInfo from './server-info.ts'
import * as transitionRequests from './transition-requests.ts'
import * as views from './views.ts'
import * as webhooks from './webhooks.ts'

/** The prefixes under which MLflow's endpoints answer; clients of MLflow 1.x use the last for the registry. */
export const prefixes = ['/api/2.0', '/api/3.0', '/ajax-api/2.0', '/ajax-api/3.0', '/api/2.0/preview'] as const

/** What an endpoint's path may begin with; the first is the one to use. */
export function basesOf({ at }: Pick<Endpoint, 'at'>): readonly string[] {
  if (at === undefined) return prefixes
  return at === 'root' ? [''] : ['/api/trackway/v1']
}

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
  getPresignedDownloadUrl: artifacts.getPresignedDownloadUrl,
  createPresignedDownloadUrl: artifacts.createPresignedDownloadUrl,
  createPresignedUploadUrl: artifacts.createPresignedUploadUrl,
  previewArtifact: artifactViews.previewArtifact,
  archiveArtifacts: artifactViews.archiveArtifacts,
  deleteRunArtifact: artifactViews.deleteRunArtifact,

  createRegisteredModel: registeredModels.createRegisteredModel,
  getRegisteredModel: registeredModels.getRegisteredModel,
  renameRegisteredModel: registeredModels.renameRegisteredModel,
  updateRegisteredModel: registeredModels.updateRegisteredModel,
  deleteRegisteredModel: registeredModels.deleteRegisteredModel,
  searchRegisteredModels: registeredModels.searchRegisteredModels,
  listRegisteredModels: registeredModels.listRegisteredModels,
  getLatestVersions: registeredModels.getLatestVersions,
  setRegisteredModelTag: registeredModels.setRegisteredModelTag,
  deleteRegisteredModelTag: registeredModels.deleteRegisteredModelTag,
  setRegisteredModelAlias: registeredModels.setRegisteredModelAlias,
  deleteRegisteredModelAlias: registeredModels.deleteRegisteredModelAlias,
  getModelVersionByAlias: registeredModels.getModelVersionByAlias,
  getDatabricksRegisteredModel: registeredModels.getDatabricksRegisteredModel,
  getRegisteredModelSettings: registeredModels.getRegisteredModelSettings,
  updateRegisteredModelSettings: registeredModels.updateRegisteredModelSettings,

  createModelVersion: modelVersions.createModelVersion,
  getModelVersion: modelVersions.getModelVersion,
  updateModelVersion: modelVersions.updateModelVersion,
  deleteModelVersion: modelVersions.deleteModelVersion,
  searchModelVersions: modelVersions.searchModelVersions,
  getModelVersionDownloadUri: modelVersions.getModelVersionDownloadUri,
  getModelVersionArtifact: modelVersions.getModelVersionArtifact,
  transitionModelVersionStage: modelVersions.transitionModelVersionStage,
  transitionDatabricksStage: modelVersions.transitionDatabricksStage,
  setModelVersionTag: modelVersions.setModelVersionTag,
  deleteModelVersionTag: modelVersions.deleteModelVersionTag,
  getModelVersionLineage: modelVersions.getModelVersionLineage,

  createTransitionRequest: transitionRequests.createTransitionRequest,
  listTransitionRequests: transitionRequests.listTransitionRequests,
  searchTransitionRequests: transitionRequests.searchTransitionRequests,
  approveTransitionRequest: transitionRequests.approveTransitionRequest,
  rejectTransitionRequest: transitionRequests.rejectTransitionRequest,
  deleteTransitionRequest: transitionRequests.deleteTransitionRequest,
  createComment: transitionRequests.createComment,
  updateComment: transitionRequests.updateComment,
  deleteComment: transitionRequests.deleteComment,
  listModelVersionActivities: transitionRequests.listModelVersionActivities,

  listEvents: events.listEvents,
  streamEvents: events.streamEvents,

  createWebhook: webhooks.createWebhook,
  listWebhooks: webhooks.listWebhooks,
  getWebhook: webhooks.getWebhook,
  updateWebhook: webhooks.updateWebhook,
  deleteWebhook: webhooks.deleteWebhook,
  testWebhook: webhooks.testWebhook,
  listWebhookDeliveries: webhooks.listWebhookDeliveries,
  redeliverWebhook: webhooks.redeliverWebhook,

  summarizeExperiments: experiments.summarizeExperiments,
  experimentHeadlines: headlines.experimentHeadlines,
  queryRuns: runQuery.queryRuns,
  groupRuns: runGroups.groupRuns,
  runFacets: runFacets.runFacets,
  runImportance: runImportance.runImportance,
  moveRuns: runs.moveRuns,

  metricSeries: series.metricSeries,

  exportRuns: runExport.exportRuns,
  exportMetrics: runExport.exportMetrics,

  createView: views.createView,
  listViews: views.listViews,
  getView: views.getView,
  updateView: views.updateView,
  deleteView: views.deleteView,

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
