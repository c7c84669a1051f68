import { keepPreviousData, useInfiniteQuery, useQueries, useQuery } from '@tanstack/react-query'
import type { Response } from '@trackway/sdk'
import { useMemo, useState } from 'react'
import { server } from '../../server.ts'
import { askedColumns, type Column, parseOrder } from '../column.ts'
import {
  type ColumnPlaces,
  columnPlaces,
  type QueriedRun,
  type RunPage,
  runningMs,
  scopeRequest,
  useRunPages,
} from '../run-queries.ts'
import type { RunScope, Workspace } from '../workspace.ts'

export type RunGroup = NonNullable<Response<'groupRuns'>['groups']>[number]

interface RowPlace {
  /** Stable while the table changes. */
  readonly key: string
  readonly depth: number
  readonly isOpen: boolean
}

export interface RunRow extends RowPlace {
  readonly kind: 'run'
  readonly run: QueriedRun
  readonly places: ColumnPlaces
  /** How many runs can be opened below it. */
  readonly children: number
  readonly isPinned: boolean
}

export interface GroupRow extends RowPlace {
  readonly kind: 'group'
  readonly group: RunGroup
  /** At which place of the group's aggregates each column is. */
  readonly places: ColumnPlaces
}

/** Stands for rows that are loading, or are too many to be shown below their parent. */
export interface NoteRow extends RowPlace {
  readonly kind: 'note'
  readonly text: string
}

export type TableRow = RunRow | GroupRow | NoteRow

export interface TableRows {
  /** The rows loaded, from the first on without a gap. */
  readonly rows: readonly TableRow[]
  /** How many rows there are, with those not loaded yet. */
  readonly count: number
  readonly pinned: number
  /** Undefined until known. */
  readonly total: number | undefined
  readonly running: number
  readonly groups: number | undefined
  readonly error: Error | null
  readonly isPending: boolean
  /** Whether what is shown answers an earlier question. */
  readonly isOld: boolean
  readonly hasMore: boolean
  readonly loadMore: () => unknown
  readonly retry: () => unknown
}

const below = { most: 1000 } as const
const mostGroupColumns = 20
const noIds: readonly string[] = []

/** The rows of a workspace's table: runs, a tree of nested runs, or groups that open. */
export function useTableRows({ scope, state }: Workspace, columns: readonly Column[], wantsTree: boolean): TableRows {
  const { group = noIds, open = noIds, pin = noIds } = state
  const wanted = useMemo(() => ({ asked: askedColumns(columns), isTree: wantsTree }), [columns, wantsTree])
  const [{ asked, isTree }, setAsked] = useState(wanted)
  const isGrouped = group.length > 0
  const pages = useRunPages(scope, asked, isTree ? { roots_only: true } : {}, !isGrouped)
  // The columns become known while the first rows are on their way: those are shown first, not asked for again.
  if ((isGrouped || pages.data !== undefined) && asked !== wanted.asked) setAsked(wanted)
  const groups = useGroups(scope, group, columns, isGrouped)
  const pinned = usePinned(scope, asked, pin)
  const openGroups = useMemo(
    () =>
      isGrouped
        ? (groups.data?.pages ?? []).flatMap((page) => page.groups ?? []).filter((one) => open.includes(groupKey(one)))
        : [],
    [isGrouped, groups.data, open],
  )
  const parents = isTree && !isGrouped ? open : noIds
  const opened = useQueries({
    queries: [
      ...parents.map((parent) => ({ key: parent, request: { parent_run_id: parent }, filter: scope.filter })),
      ...openGroups.map((one) => ({ key: groupKey(one), request: {}, filter: both(scope.filter, one.filter) })),
    ].map(({ key, request, filter }) => ({
      queryKey: ['runs', 'below', key, scope, asked, filter],
      queryFn: async ({ signal }: { signal: AbortSignal }) => ({
        key,
        places: columnPlaces(asked),
        page: await server.queryRuns(
          {
            ...scopeRequest({ ...scope, filter }),
            columns: [...asked],
            order_by: [...scope.orderBy],
            max_results: below.most,
            ...request,
          },
          { signal },
        ),
      }),
      placeholderData: keepPreviousData,
      refetchInterval: ({ state: { data } }: { state: { data: { page: { running: unknown } } | undefined } }) =>
        Number(data?.page.running ?? 0) > 0 ? runningMs : (false as const),
    })),
    combine: byKey,
  })

  const shown = isGrouped ? groups : pages
  const { error, isPending, isPlaceholderData, hasNextPage, isFetching, fetchNextPage, refetch } = shown
  const { data: runPages } = pages
  const { data: groupPages } = groups
  return useMemo(() => {
    const pinnedRows = (pinned.data?.runs ?? []).map((run) => runRow(run, pinned.data?.places ?? new Map(), 0, 0, true))
    const state = {
      pinned: pinnedRows.length,
      error,
      isPending,
      isOld: isPlaceholderData,
      hasMore: hasNextPage && !isFetching,
      loadMore: fetchNextPage,
      retry: refetch,
    }
    if (isGrouped) {
      const loaded = (groupPages?.pages ?? []).flatMap((page) =>
        (page.groups ?? []).map((one) => ({ one, places: page.places })),
      )
      const rows = loaded.flatMap(({ one, places }): TableRow[] => {
        const key = groupKey(one)
        const isOpen = open.includes(key)
        const head: GroupRow = { kind: 'group', key, depth: 0, isOpen, group: one, places }
        return isOpen ? [head, ...rowsBelow(key, 1, Number(one.runs))] : [head]
      })
      const total = groupPages?.pages[0]
      const rest = Number(total?.total ?? 0) - loaded.length
      return {
        ...state,
        rows: [...pinnedRows, ...rows],
        count: pinnedRows.length + rows.length + Math.max(0, rest),
        total: total && Number(total.total_matching),
        running: loaded.reduce((sum, { one }) => sum + Number(one.running), 0),
        groups: total && Number(total.total),
      }
    }
    const runs = (runPages?.pages ?? []).flatMap((page) =>
      (page.runs ?? []).map((run) => ({ run, places: page.places })),
    )
    const rows = runs
      .filter(({ run }) => !pin.includes(run.run_id))
      .flatMap(({ run, places }) => withBelow(run, places, 0, new Set()))
    const rest = Number(runPages?.pages[0]?.total ?? 0) - runs.length
    const page = runPages?.pages[0]
    return {
      ...state,
      rows: [...pinnedRows, ...rows],
      count: pinnedRows.length + rows.length + Math.max(0, rest),
      total: page && Number(page.total_matching ?? page.total),
      running: Number(page?.running_matching ?? page?.running ?? 0),
      groups: undefined,
    }

    function withBelow(run: QueriedRun, places: ColumnPlaces, depth: number, above: ReadonlySet<string>): TableRow[] {
      const children = Number(run.children ?? 0)
      const isOpen = children > 0 && parents.includes(run.run_id)
      const row = runRow(run, places, depth, children, false, isOpen, [...above].join('/'))
      return isOpen && !above.has(run.run_id)
        ? [row, ...rowsBelow(run.run_id, depth + 1, children, new Set([...above, run.run_id]))]
        : [row]
    }

    function rowsBelow(
      key: string,
      depth: number,
      expected: number,
      above: ReadonlySet<string> = new Set([key]),
    ): TableRow[] {
      const found = opened.get(key)
      if (!found) return [{ kind: 'note', key: `${key} loading`, depth, isOpen: false, text: 'Loading…' }]
      const list = found.page.runs ?? []
      const rows = list.flatMap((run) => withBelow(run, found.places, depth, above))
      const left = Math.max(expected, Number(found.page.total)) - list.length
      if (left <= 0) return rows
      const text = `${left.toLocaleString('en')} more: narrow the filter to see them`
      return [...rows, { kind: 'note', key: `${key} more`, depth, isOpen: false, text }]
    }
  }, [
    isGrouped,
    runPages,
    groupPages,
    pinned.data,
    opened,
    open,
    parents,
    pin,
    error,
    isPending,
    isPlaceholderData,
    hasNextPage,
    isFetching,
    fetchNextPage,
    refetch,
  ])
}

interface Below {
  readonly key: string
  readonly places: ColumnPlaces
  readonly page: RunPage
}

function byKey(results: readonly { readonly data?: Below | undefined }[]): ReadonlyMap<string, Below> {
  return new Map(results.flatMap(({ data }) => (data ? [[data.key, data] as const] : [])))
}

/** A group's place in the address. */
export function groupKey({ values }: RunGroup): string {
  return JSON.stringify(values)
}

function runRow(
  run: QueriedRun,
  places: ColumnPlaces,
  depth: number,
  children: number,
  isPinned: boolean,
  isOpen = false,
  path = '',
): RunRow {
  return {
    kind: 'run',
    key: isPinned ? `pin ${run.run_id}` : `${path} ${run.run_id}`,
    run,
    places,
    depth,
    children,
    isPinned,
    isOpen,
  }
}

/** Pinned runs, whatever the filter leaves out. */
function usePinned(scope: RunScope, asked: ReturnType<typeof askedColumns>, pin: readonly string[]) {
  return useQuery({
    queryKey: ['runs', 'pinned', scope.experimentIds, pin, asked],
    queryFn: async ({ signal }) => {
      const request = {
        experiment_ids: [...scope.experimentIds],
        run_ids: pin.slice(0, 100),
        columns: [...asked],
        max_results: 100,
      }
      const { runs = [] } = await server.queryRuns(request, { signal })
      return {
        places: columnPlaces(asked),
        runs: runs.toSorted((a, b) => pin.indexOf(a.run_id) - pin.indexOf(b.run_id)),
      }
    },
    enabled: pin.length > 0,
    placeholderData: (before) => (pin.length > 0 ? before : undefined),
    refetchInterval: ({ state: { data } }) =>
      data?.runs.some(({ status }) => status === 'RUNNING') ? runningMs : false,
  })
}

function useGroups(scope: RunScope, group: readonly string[], columns: readonly Column[], isEnabled: boolean) {
  const numbers = columns.filter(({ kind }) => kind === 'metric' || kind === 'param')
  const asked = askedColumns(numbers.toSorted((a, b) => a.kind.localeCompare(b.kind)).slice(0, mostGroupColumns))
  const places = columnPlaces(asked)
  return useInfiniteQuery({
    queryKey: ['runs', 'groups', scope, group, asked],
    queryFn: async ({ pageParam, signal }) => {
      const page = await server.groupRuns(
        {
          ...scopeRequest(scope),
          group_by: [...group],
          columns: [...asked],
          order_by: groupOrder(scope.orderBy[0], group, places),
          max_results: 200,
          ...(pageParam !== '' && { page_token: pageParam }),
        },
        { signal },
      )
      return { ...page, places }
    },
    enabled: isEnabled,
    initialPageParam: '',
    getNextPageParam: (page) => page.next_page_token || undefined,
    placeholderData: keepPreviousData,
    refetchInterval: ({ state: { data } }) =>
      data?.pages.some((page) => page.groups?.some((one) => Number(one.running) > 0)) ? 2 * runningMs : false,
  })
}

function groupOrder(order: string | undefined, group: readonly string[], places: ColumnPlaces) {
  const wanted = parseOrder(order)
  if (!wanted) return []
  const descending = wanted.isDescending
  const field = group.indexOf(wanted.column)
  if (field >= 0) return [{ by: 'VALUE' as const, place: field, descending }]
  const place = places.get(wanted.column)
  if (place !== undefined) return [{ by: 'MEAN' as const, place, descending }]
  return wanted.column === 'attributes.start_time' ? [{ by: 'LAST_START_TIME' as const, descending }] : []
}

/** Both filters; a group that no filter can find has none of its own and shows nothing. */
function both(filter: string, group: string | undefined): string {
  if (group === undefined) return "attributes.run_id = ''"
  return filter === '' ? group : `(${filter}) AND ${group}`
}
