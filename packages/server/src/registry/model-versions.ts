import type { Handlers } from '../handlers.ts'
import { authorOf } from '../access/caller.ts'
import { parseOrderBy } from '../search/order-by.ts'
import { parseFilter } from '../search/parser.ts'
import { checkMaxResults, lastOfEach } from '../tracking/rules.ts'
import {
  canonicalStage,
  checkAlias,
  checkModelName,
  checkTag,
  checkTagKey,
  saysPrompt,
  versionNumber,
} from './rules.ts'
import type { RegistryStore } from './store.ts'
import { checkPromptSource, checkSourceText, readVersionSource } from './version-source.ts'

type ModelVersionHandlers = Pick<
  Handlers,
  | 'createModelVersion'
  | 'getModelVersion'
  | 'updateModelVersion'
  | 'deleteModelVersion'
  | 'searchModelVersions'
  | 'getModelVersionDownloadUri'
  | 'setModelVersionTag'
  | 'deleteModelVersionTag'
  | 'getLatestVersions'
  | 'getModelVersionByAlias'
  | 'getModelVersionLineage'
>

const defaultPage = 10_000
const mostResults = 200_000

/** Checks come in MLflow's order; what depends on stored state comes last. */
export function createModelVersionHandlers(
  { versions }: Pick<RegistryStore, 'versions'>,
  { versionSourcePattern }: { readonly versionSourcePattern: string | null },
): ModelVersionHandlers {
  const sourcePattern = versionSourcePattern === null ? null : new RegExp(versionSourcePattern)

  return {
    async createModelVersion({ name, source, run_id, model_id, run_link, description, tags = [] }, caller) {
      checkSourceText(source, sourcePattern)
      if (saysPrompt(tags)) checkPromptSource(source)
      else readVersionSource(source, { runId: run_id, modelId: model_id })
      checkModelName(name)
      for (const tag of tags) checkTag(tag)
      const version = {
        name,
        source,
        runId: run_id,
        modelId: model_id,
        runLink: run_link ?? '',
        description,
        tags: lastOfEach(tags),
      }
      return { model_version: await versions.create(version, authorOf(caller)) }
    },

    async getModelVersion(request) {
      return { model_version: await versions.get(...versionOf(request)) }
    },

    async updateModelVersion({ description, ...request }, caller) {
      return { model_version: await versions.describe(...versionOf(request), description, authorOf(caller)) }
    },

    async deleteModelVersion(request, caller) {
      await versions.delete(...versionOf(request), authorOf(caller))
      return {}
    },

    async searchModelVersions({ filter, order_by, max_results, page_token }) {
      const page = await versions.search({
        maxResults: checkMaxResults(Number(max_results ?? defaultPage), mostResults),
        pageToken: page_token || undefined,
        filter: parseFilter('modelVersions', filter ?? ''),
        orderBy: parseOrderBy('modelVersions', order_by ?? []),
      })
      return { model_versions: [...page.items], next_page_token: page.token ?? undefined }
    },

    async getModelVersionDownloadUri(request) {
      return { artifact_uri: await versions.downloadUri(...versionOf(request)) }
    },

    async setModelVersionTag({ key, value, ...request }, caller) {
      const at = versionOf(request)
      checkTag({ key, value })
      await versions.setTag(...at, { key, value }, authorOf(caller))
      return {}
    },

    async deleteModelVersionTag({ key, ...request }, caller) {
      const at = versionOf(request)
      checkTagKey(key)
      await versions.deleteTag(...at, key, authorOf(caller))
      return {}
    },

    async getLatestVersions({ name, stages = [] }) {
      checkModelName(name)
      return { model_versions: [...(await versions.latest(name, stages.map(canonicalStage)))] }
    },

    async getModelVersionByAlias({ name, alias }) {
      checkModelName(name)
      checkAlias(alias)
      return { model_version: await versions.getByAlias(name, alias) }
    },

    async getModelVersionLineage(request) {
      return versions.lineage(...versionOf(request))
    },
  }
}

function versionOf({ name, version }: { readonly name: string; readonly version: string }): [string, number] {
  checkModelName(name)
  return [name, versionNumber(version)]
}
