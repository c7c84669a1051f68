import type { QueryClient } from '@tanstack/react-query'
import { countText } from '../controls/display-text.ts'
import { server } from '../server.ts'
import { toast, toastFailure } from '../shell/toasts.tsx'
import { valuesOf } from './run-values.ts'
import { readAgain } from '../shell/read-again.ts'

/** How many requests are on their way at once. */
const atOnce = 6
/** How many runs one call moves, or names, at most. */
const perCall = { move: 1000, query: 500 } as const

/** Acts on many runs, each with a way back. */
export interface RunActs {
  readonly remove: (runIds: readonly string[]) => Promise<void>
  readonly restore: (runIds: readonly string[]) => Promise<void>
  readonly move: (runIds: readonly string[], experimentId: string, name: string) => Promise<void>
  readonly tag: (runIds: readonly string[], key: string, value: string) => Promise<void>
}

export function createRunActs(queries: QueryClient): RunActs {
  const read = async (): Promise<void> => {
    await readAgain(queries, 'runs', 'run', 'summaries', 'trash')
  }
  const tell = async (
    runIds: readonly string[],
    done: string,
    act: () => Promise<unknown>,
    undo: () => Promise<unknown>,
  ) => {
    try {
      await act()
      toast({ text: `${countText(runIds.length, 'run')} ${runIds.length === 1 ? 'was' : 'were'} ${done}.`, undo })
    } catch (error) {
      toastFailure(`Not all of ${countText(runIds.length, 'run')} were ${done}.`, error)
    }
    await read()
  }
  const remove = (runIds: readonly string[]): Promise<void> =>
    tell(
      runIds,
      'deleted',
      () => forEach(runIds, (run_id) => server.deleteRun({ run_id })),
      () => restore(runIds),
    )
  const restore = (runIds: readonly string[]): Promise<void> =>
    tell(
      runIds,
      'restored',
      () => forEach(runIds, (run_id) => server.restoreRun({ run_id })),
      () => remove(runIds),
    )
  return {
    remove,
    restore,
    async move(runIds, experimentId, name) {
      const before = Map.groupBy(await namedRuns(runIds, []), (run) => run.experiment_id)
      await tell(
        runIds,
        `moved to ${name}`,
        () => moveAll(runIds, experimentId),
        async () => {
          for (const [id, runs] of before)
            await moveAll(
              runs.map(({ run_id }) => run_id),
              id,
            )
          await read()
        },
      )
    },
    async tag(runIds, key, value) {
      const column = `tags.\`${key.replaceAll('`', '``')}\``
      const before = await namedRuns(runIds, [{ field: column }])
      await forEach(runIds, (run_id) => server.setTag({ run_id, key, value }))
      toast({
        text: `${countText(runIds.length, 'run')} tagged ${key}.`,
        undo: async () => {
          await forEach(before, (run) => {
            const { run_id } = run
            const [old] = valuesOf(run) as readonly (string | null)[]
            return old === null || old === undefined
              ? server.deleteTag({ run_id, key })
              : server.setTag({ run_id, key, value: old })
          })
          await read()
        },
      })
      await read()
    },
  }
}

async function moveAll(runIds: readonly string[], experimentId: string): Promise<void> {
  for (let from = 0; from < runIds.length; from += perCall.move) {
    await server.moveRuns({ run_ids: runIds.slice(from, from + perCall.move), experiment_id: experimentId })
  }
}

async function namedRuns(runIds: readonly string[], columns: { readonly field: string }[]) {
  const found = []
  for (let from = 0; from < runIds.length; from += perCall.query) {
    const run_ids = runIds.slice(from, from + perCall.query)
    const { runs = [] } = await server.queryRuns({ run_ids, columns, run_view_type: 'ALL', max_results: perCall.query })
    found.push(...runs)
  }
  return found
}

/** Does something for each, some at once; the first failure is thrown when what was begun has ended. */
async function forEach<T>(all: readonly T[], act: (one: T) => Promise<unknown>): Promise<void> {
  const waiting = [...all]
  const failures: unknown[] = []
  const work = async (): Promise<void> => {
    for (let one = waiting.shift(); one !== undefined && failures.length === 0; one = waiting.shift()) {
      await act(one).catch((error: unknown) => failures.push(error))
    }
  }
  await Promise.all(Array.from({ length: atOnce }, work))
  if (failures.length > 0) throw failures[0] as Error
}
