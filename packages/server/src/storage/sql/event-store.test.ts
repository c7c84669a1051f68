import { eventKinds } from '@trackway/api'
import type { Event, EventKind } from '@trackway/api'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

import { matches } from '../../events/selection.ts'
import type { EventSearch, EventStore } from '../../events/store.ts'
import { randomNumbers } from '../../random-numbers.ts'
import { createEventStore } from './event-store.ts'
import { recordEvent } from './events.ts'
import { testEngines } from './test-engines.ts'
import type { TestDatabase } from './test-engines.ts'

const kinds = Object.keys(eventKinds) as EventKind[]
const names = ['a', 'b', 'é', 'it\'s "1"', '12', 'A']
const everything: EventSearch = {
  selection: { kinds: [], experimentIds: [], names: [] },
  after: 0,
  newestFirst: false,
  maxResults: 1000,
  pageToken: undefined,
}

describe.each(testEngines)('createEventStore() on $engine', ({ open }) => {
  const random = randomNumbers(11)
  const below = (count: number) => Math.floor(random() * count)
  const pick = <T>(from: readonly T[]): T => from[below(from.length)] as T
  const some = <T>(from: readonly T[]): T[] => (below(2) === 0 ? [] : from.filter(() => below(4) === 0))
  let opened: TestDatabase
  let events: EventStore
  let all: readonly Event[]

  beforeAll(async () => {
    opened = await open()
    events = createEventStore(opened.database)
    await opened.database.transaction(async (database) => {
      for (let index = 1; index <= 600; index++) {
        const kind = pick(kinds)
        const data = {
          name: pick(names),
          new_name: kind.endsWith('.renamed') ? pick(names) : undefined,
          experiment_id: /^(run|experiment)\./.test(kind) ? String(below(4)) : undefined,
        }
        await recordEvent(database, kind, { user: 'ana', time: 1000 + index }, data)
      }
    })
    all = await events.after(0, 1000)
  })
  afterAll(() => opened.close())

  async function pages(search: EventSearch): Promise<{ items: Event[]; sizes: number[] }> {
    const items: Event[] = []
    const sizes: number[] = []
    let pageToken: string | undefined
    do {
      const page = await events.search({ ...search, pageToken })
      items.push(...page.items)
      sizes.push(page.items.length)
      pageToken = page.token ?? undefined
    } while (pageToken !== undefined)
    return { items, sizes }
  }

  test('lastId is that of the newest event, after gives those behind an id', async () => {
    expect(await events.lastId()).toBe(600)
    expect((await events.after(597, 2)).map(({ id }) => id)).toEqual([598, 599])
  })

  test('search gives all events in order, page by page, in both directions', async () => {
    expect(await pages({ ...everything, maxResults: 250 })).toEqual({ items: all, sizes: [250, 250, 100] })
    const { items, sizes } = await pages({ ...everything, newestFirst: true, maxResults: 300 })
    expect({ items, sizes }).toEqual({ items: all.toReversed(), sizes: [300, 300] })
  })

  test('search selects what matches() selects, in pages of any size, from any id, in both directions', async () => {
    for (let round = 0; round < 100; round++) {
      const search: EventSearch = {
        selection: {
          kinds: some([...kinds, 'run', 'registered_model', 'prompt', 'comment']),
          experimentIds: some(['0', '1', '2', '9']),
          names: some([...names, 'none']),
        },
        after: pick([0, 0, 100, 599, 600, 9007199254740993n]),
        newestFirst: below(2) === 0,
        maxResults: pick([13, 50, 1000]),
        pageToken: undefined,
      }
      const expected = all.filter((event) => event.id > search.after && matches(search.selection, event))
      const { items, sizes } = await pages(search)
      expect(items, JSON.stringify(search.selection)).toEqual(search.newestFirst ? expected.toReversed() : expected)
      expect(sizes.slice(0, -1).every((size) => size === search.maxResults)).toBe(true)
    }
  })

  test('search selects nothing by a kind that does not exist', async () => {
    expect(await events.search({ ...everything, selection: { ...everything.selection, kinds: ['none'] } })).toEqual({
      items: [],
      token: null,
    })
  })

  test('search refuses the token of another search', async () => {
    const { token } = await events.search({ ...everything, maxResults: 1 })
    await expect(events.search({ ...everything, newestFirst: true, pageToken: token as string })).rejects.toThrow(
      'Invalid page token, it belongs to another search',
    )
  })

  test('search goes backwards from the newest of then, whatever is added meanwhile', async () => {
    const first = await events.search({ ...everything, newestFirst: true, maxResults: 2 })
    await recordEvent(opened.database, 'run.created', { user: '', time: 1 }, { experiment_id: '0' })
    const second = await events.search({
      ...everything,
      newestFirst: true,
      maxResults: 2,
      pageToken: first.token as string,
    })
    expect([...first.items, ...second.items].map(({ id }) => id)).toEqual([600, 599, 598, 597])
  })
})
