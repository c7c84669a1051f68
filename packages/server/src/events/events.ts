import type { Handlers } from '../handlers.ts'
import { checkMaxResults } from '../tracking/rules.ts'
import { selectionOf } from './selection.ts'
import type { EventStore } from './store.ts'

const usualPage = 100
const longestPage = 1000

export function createEventHandlers(events: EventStore): Pick<Handlers, 'listEvents'> {
  return {
    async listEvents({ after, newest_first, max_results, page_token, ...selected }) {
      const page = await events.search({
        selection: selectionOf(selected),
        after: after ?? 0,
        newestFirst: newest_first ?? false,
        maxResults: checkMaxResults(Number(max_results ?? usualPage), longestPage),
        pageToken: page_token || undefined,
      })
      return { events: [...page.items], next_page_token: page.token ?? undefined }
    },
  }
}
