import { invalidParameter } from '@trackway/api'

import { authorOf } from '../access/caller.ts'
import type { Handlers } from '../handlers.ts'
import { parseOrderBy } from '../search/order-by.ts'
import { parseFilter } from '../search/parser.ts'
import { checkMaxResults, lastOfEach } from '../tracking/rules.ts'
import {
  checkAlias,
  checkModelName,
  checkNewAlias,
  checkNewModelName,
  checkTag,
  checkTagKey,
  versionNumber,
} from './rules.ts'
import type { RegistryStore } from './store.ts'

type RegisteredModelHandlers = Pick<
  Handlers,
  | 'createRegisteredModel'
  | 'getRegisteredModel'
  | 'renameRegisteredModel'
  | 'updateRegisteredModel'
  | 'deleteRegisteredModel'
  | 'searchRegisteredModels'
  | 'listRegisteredModels'
  | 'setRegisteredModelTag'
  | 'deleteRegisteredModelTag'
  | 'setRegisteredModelAlias'
  | 'deleteRegisteredModelAlias'
  | 'getDatabricksRegisteredModel'
>

const defaultPage = 100
const mostResults = 1000

/** Checks come in MLflow's order: name, then what else the request has; what depends on stored state comes last. */
export function createRegisteredModelHandlers({ models }: RegistryStore): RegisteredModelHandlers {
  return {
    async createRegisteredModel({ name, tags, description }, caller) {
      checkNewModelName(name)
      for (const tag of tags ?? []) checkTag(tag)
      const model = { name, description, tags: lastOfEach(tags ?? []) }
      return { registered_model: await models.create(model, authorOf(caller)) }
    },

    async getRegisteredModel({ name }) {
      checkModelName(name)
      return { registered_model: await models.get(name) }
    },

    async renameRegisteredModel({ name, new_name }, caller) {
      if (!new_name) throw invalidParameter("Missing value for required parameter 'new_name'.")
      checkNewModelName(new_name, 'new_name')
      checkModelName(name)
      return { registered_model: await models.rename(name, new_name, authorOf(caller)) }
    },

    async updateRegisteredModel({ name, description }, caller) {
      checkModelName(name)
      return { registered_model: await models.describe(name, description, authorOf(caller)) }
    },

    async deleteRegisteredModel({ name }, caller) {
      checkModelName(name)
      await models.delete(name, authorOf(caller))
      return {}
    },

    async searchRegisteredModels({ filter, order_by, max_results, page_token }) {
      const page = await models.search({
        maxResults: checkMaxResults(Number(max_results ?? defaultPage), mostResults),
        pageToken: page_token || undefined,
        filter: parseFilter('registeredModels', filter ?? ''),
        orderBy: parseOrderBy('registeredModels', order_by ?? []),
      })
      return { registered_models: [...page.items], next_page_token: page.token ?? undefined }
    },

    async listRegisteredModels({ max_results, page_token }) {
      const page = await models.search({
        maxResults: checkMaxResults(Number(max_results ?? defaultPage), mostResults),
        pageToken: page_token || undefined,
        filter: [],
        orderBy: [],
      })
      return { registered_models: [...page.items], next_page_token: page.token ?? undefined }
    },

    async setRegisteredModelTag({ name, key, value }, caller) {
      checkModelName(name)
      checkTag({ key, value })
      await models.setTag(name, { key, value }, authorOf(caller))
      return {}
    },

    async deleteRegisteredModelTag({ name, key }, caller) {
      checkModelName(name)
      checkTagKey(key)
      await models.deleteTag(name, key, authorOf(caller))
      return {}
    },

    async setRegisteredModelAlias({ name, alias, version }, caller) {
      checkModelName(name)
      checkNewAlias(alias)
      await models.setAlias(name, alias, versionNumber(version), authorOf(caller))
      return {}
    },

    async deleteRegisteredModelAlias({ name, alias }, caller) {
      checkModelName(name)
      checkAlias(alias)
      await models.deleteAlias(name, alias, authorOf(caller))
      return {}
    },

    async getDatabricksRegisteredModel({ name }) {
      checkModelName(name)
      const [id, { aliases: _, ...model }] = await Promise.all([models.getId(name), models.get(name)])
      // Who may do what is not decided here yet: everybody may do all.
      return { registered_model_databricks: { ...model, id, permission_level: 'CAN_MANAGE' } }
    },
  }
}
