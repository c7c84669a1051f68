import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { anonymous } from '../access/caller.ts'
import { createEventStore } from '../storage/sql/event-store.ts'
import { recordEvent } from '../storage/sql/events.ts'
import { testEngines } from '../storage/sql/test-engines.ts'
import type { TestDatabase } from '../storage/sql/test-engines.ts'
import { createEventHandlers } from './events.ts'

const [engine] = testEngines
let opened: TestDatabase
let listEvents: ReturnType<typeof createEventHandlers>['listEvents']

beforeAll(async () => {
  if (!engine) throw new Error('There is no engine to test on')
  opened = await engine.open()
  await opened.database.transaction(async (database) => {
    for (let time = 1; time <= 150; time++) {
      await recordEvent(database, 'run.created', { user: 'ana', time }, { run_id: `r${time}`, experiment_id: '0' })
    }
  })
  listEvents = createEventHandlers(createEventStore(opened.database)).listEvents
})
afterAll(() => opened.close())

const ids = async (request: Parameters<typeof listEvents>[0]) => {
  const { events, next_page_token } = (await listEvents(request, anonymous)) as {
    events: { id: number }[]
    next_page_token?: string
  }
  return { ids: events.map(({ id }) => id), next: next_page_token }
}

describe('listEvents()', () => {
  test('gives 100 from the first, and where to go on', async () => {
    const first = await ids({})
    expect(first.ids).toEqual(Array.from({ length: 100 }, (_, index) => index + 1))
    const second = await ids({ page_token: first.next })
    expect(second).toEqual({ ids: Array.from({ length: 50 }, (_, index) => index + 101), next: undefined })
  })

  test('goes back from the newest to an id', async () => {
    expect(await ids({ newest_first: true, after: 147 })).toEqual({ ids: [150, 149, 148], next: undefined })
  })

  test.each([0, -1, 1001])('refuses max_results %d', async (max_results) => {
    await expect(listEvents({ max_results }, anonymous)).rejects.toThrow(`Invalid value ${max_results}`)
  })

  test('refuses kinds that do not exist', async () => {
    await expect(listEvents({ kinds: ['runs'] }, anonymous)).rejects.toThrow("Invalid value 'runs'")
  })
})
