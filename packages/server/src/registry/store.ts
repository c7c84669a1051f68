import type {
  Activity,
  ModelVersion,
  RegisteredModel,
  RegisteredModelSettings,
  Response,
  Stage,
  TransitionRequest,
} from '@trackway/api'

import type { Author } from '../access/caller.ts'
import type { Filter, OrderTerm } from '../search/filter.ts'
import type { KeyValue, Page, PageRequest } from '../tracking/store.ts'

/**
 * What the registry needs of a storage. Each method is atomic, and a change adds its event to the outbox in the same
 * transaction. Unknown names, versions and aliases reject with MLflow's errors.
 */
export interface RegistryStore {
  readonly models: RegisteredModelStore
  readonly versions: ModelVersionStore
  readonly transitions: TransitionStore
}

export interface RegistrySearch extends PageRequest {
  readonly filter: Filter
  readonly orderBy: readonly OrderTerm[]
}

export interface NewRegisteredModel {
  readonly name: string
  readonly description: string | undefined
  readonly tags: readonly KeyValue[]
}

/** A model or a prompt: the same to the store but for listings and the kinds of events. */
export interface RegisteredModelStore {
  create(model: NewRegisteredModel, author: Author): Promise<RegisteredModel>
  get(name: string): Promise<RegisteredModel>
  /** Its id, which stays when the name changes. */
  getId(name: string): Promise<string>
  search(search: RegistrySearch): Promise<Page<RegisteredModel>>
  rename(name: string, newName: string, author: Author): Promise<RegisteredModel>
  /** `undefined` changes nothing but the time. */
  describe(name: string, description: string | undefined, author: Author): Promise<RegisteredModel>
  delete(name: string, author: Author): Promise<void>
  setTag(name: string, tag: KeyValue, author: Author): Promise<void>
  deleteTag(name: string, key: string, author: Author): Promise<void>
  setAlias(name: string, alias: string, version: number, author: Author): Promise<void>
  deleteAlias(name: string, alias: string, author: Author): Promise<void>
}

export interface NewModelVersion {
  readonly name: string
  readonly source: string
  /** undefined where the request had none: a copied version then takes its source's. */
  readonly runId: string | undefined
  readonly modelId: string | undefined
  readonly runLink: string
  readonly description: string | undefined
  readonly tags: readonly KeyValue[]
}

export interface ModelVersionStore {
  /** The next version. @throws ApiError INVALID_PARAMETER_VALUE where the source lies outside of its run or model. */
  create(version: NewModelVersion, author: Author): Promise<ModelVersion>
  get(name: string, version: number): Promise<ModelVersion>
  getByAlias(name: string, alias: string): Promise<ModelVersion>
  /** The newest version of each of the stages, in their order; of all stages that have one where none is given. */
  latest(name: string, stages: readonly Stage[]): Promise<readonly ModelVersion[]>
  search(search: RegistrySearch): Promise<Page<ModelVersion>>
  describe(name: string, version: number, description: string | undefined, author: Author): Promise<ModelVersion>
  delete(name: string, version: number, author: Author): Promise<void>
  setTag(name: string, version: number, tag: KeyValue, author: Author): Promise<void>
  deleteTag(name: string, version: number, key: string, author: Author): Promise<void>
  /** Where its files lie, for clients: as it stands in the source where that says so. */
  downloadUri(name: string, version: number): Promise<string>
  /** Where its files lie, for the server, which does not read `runs:/`. */
  artifactUri(name: string, version: number): Promise<string>
  lineage(name: string, version: number): Promise<Response<'getModelVersionLineage'>>
}

/** A version's change of stage. */
export interface Transition {
  readonly name: string
  readonly version: number
  readonly stage: Stage
  readonly archiveExisting: boolean
  readonly comment: string | undefined
}

/** Names the open requests for one stage of a version. */
export interface RequestedTransition {
  readonly name: string
  readonly version: number
  readonly stage: Stage
  readonly comment: string | undefined
}

export interface TransitionRequestSearch extends PageRequest {
  /** At least one. */
  readonly states: readonly TransitionRequest['state'][]
  /** Of a registered model; of all when undefined. */
  readonly name: string | undefined
}

/** Stages, requests for them and what is said about a version. */
export interface TransitionStore {
  settings(name: string): Promise<RegisteredModelSettings>
  changeSettings(
    name: string,
    change: Partial<RegisteredModelSettings>,
    author: Author,
  ): Promise<RegisteredModelSettings>
  /** @throws ApiError PERMISSION_DENIED where the model's settings demand an approval. */
  apply(transition: Transition, author: Author): Promise<ModelVersion>
  /** @throws ApiError RESOURCE_ALREADY_EXISTS where the author has an open request for this stage. */
  request(request: RequestedTransition, author: Author): Promise<Activity>
  openRequests(name: string, version: number): Promise<readonly Activity[]>
  /** Of all models, the newest first. An unknown model has none. */
  searchRequests(search: TransitionRequestSearch): Promise<Page<TransitionRequest>>
  /**
   * @throws ApiError RESOURCE_DOES_NOT_EXIST where nobody asked, or it was decided already; PERMISSION_DENIED where only
   * the author asked and the model's settings forbid to approve one's own.
   */
  approve(transition: Transition, author: Author): Promise<Activity>
  reject(request: RequestedTransition, author: Author): Promise<Activity>
  /** Takes a request of `creator` back. @throws ApiError PERMISSION_DENIED where that is not the author. */
  withdraw(request: RequestedTransition & { readonly creator: string }, author: Author): Promise<Activity>
  comment(name: string, version: number, comment: string, author: Author): Promise<Activity>
  changeComment(id: string, comment: string, author: Author): Promise<Activity>
  deleteComment(id: string, author: Author): Promise<void>
  activities(name: string, version: number, page: PageRequest): Promise<Page<Activity>>
}
