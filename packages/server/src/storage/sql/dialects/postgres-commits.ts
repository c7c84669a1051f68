import type { ClientBase } from 'pg'

import type { Database } from '../database.ts'
import { send } from './postgres-batch.ts'
import type { Connections } from './postgres-connections.ts'
import { isAway, isCollision, isFollowUp, toApiError } from './postgres-errors.ts'
import { addRows, createWorkHandle, keepRows } from './postgres-handle.ts'
import type { createStatementCalls, KeptRows, WorkHandle } from './postgres-handle.ts'
import { advisoryLocks, lockScopes, lockStatement } from './postgres-locks.ts'
import { transactionControl } from './postgres-statements.ts'
import type { Statements } from './postgres-statements.ts'

/** Work that waits for a commit. */
interface Job {
  readonly work: (inner: Database) => Promise<unknown>
  /** See `Database.transaction`. */
  readonly scope: string | undefined
  readonly resolve: (result: unknown) => void
  readonly reject: (error: unknown) => void
  attempts: number
}

type Outcome = { readonly job: Job; readonly handle: WorkHandle; readonly result?: unknown; readonly error?: unknown }

export interface Commits {
  /** Carries out work in a transaction that it shares with what waits beside it; resolves when that is committed. */
  add<T>(work: (inner: Database) => Promise<T>, scope: string | undefined): Promise<T>
  /** Resolves when nothing is under way or waits. */
  idle(): Promise<void>
}

export interface CommitOptions {
  readonly pool: Connections
  readonly statements: Statements
  readonly apart: ReturnType<typeof createStatementCalls>
  /** Called after commits that added events, with the newest one's id. */
  readonly onEvents: (newest: number) => void
}

/** Shared commits that are under way at once: while one waits for the disk another is filled. */
const mostGroups = 2
/** Jobs that share a commit, and how long, in ms, work that is done one after another goes on taking more. */
const mostJobs = 128
const serialTime = 15
/** How often work is done again that met other work. */
const mostAttempts = 5

/**
 * Writes share commits, as a sync to disk costs the same for one as for many.
 *
 * Work with a scope is carried out beside that of other scopes, on one connection, so that statements of many requests
 * share their round trips. Should one of them fail after it has changed something, all is undone and the others are
 * carried out again without it. Work without a scope is carried out one after another, with a savepoint each, under a
 * lock that all servers of the store share: it needs no other care for what others do at the same time.
 */
export function createCommits({ pool, statements, apart, onEvents }: CommitOptions): Commits {
  let beside: Job[] = []
  /** What the shared commits that are under way are about. */
  const busy = new Set<string>()
  const serial: Job[] = []
  let groups = 0
  let isSerialRunning = false
  const waiters: (() => void)[] = []

  function start(): void {
    while (groups < mostGroups) {
      const jobs = takeBeside()
      if (jobs.length === 0) break
      const scopes = new Set(jobs.map(({ scope }) => scope as string))
      for (const scope of scopes) busy.add(scope)
      groups++
      void withClient(jobs, (client) => commitBeside(client, jobs)).finally(() => {
        groups--
        for (const scope of scopes) busy.delete(scope)
        start()
      })
    }
    if (serial.length > 0 && !isSerialRunning) {
      isSerialRunning = true
      const first = serial.splice(0, 1)
      void withClient(first, (client) => commitSerially(client, first)).finally(() => {
        isSerialRunning = false
        start()
      })
    }
    if (groups === 0 && !isSerialRunning) for (const wake of waiters.splice(0)) wake()
  }

  /** Jobs for a shared commit; those about something that another is at work on would only wait for it there. */
  function takeBeside(): Job[] {
    if (busy.size === 0) return beside.splice(0, mostJobs)
    const taken: Job[] = []
    const left: Job[] = []
    for (const job of beside) (taken.length < mostJobs && !busy.has(job.scope as string) ? taken : left).push(job)
    beside = left
    return taken
  }

  /** Whatever goes wrong, every job is answered. */
  async function withClient(jobs: readonly Job[], work: (client: ClientBase) => Promise<void>): Promise<void> {
    const rejectAll = (error: unknown): void => {
      for (const job of jobs) job.reject(toApiError(error))
    }
    let client
    try {
      client = await pool.connect()
    } catch (error) {
      return rejectAll(error)
    }
    let fault: unknown
    try {
      await work(client)
    } catch (error) {
      fault = error
      rejectAll(error)
    }
    client.release(fault !== undefined)
  }

  /** @throws where the connection is lost: what became of the jobs that are not answered yet is not known. */
  async function commitBeside(client: ClientBase, jobs: readonly Job[]): Promise<void> {
    const begun = Promise.all([
      send(client, transactionControl.begin),
      send(client, lockScopes(new Set(jobs.map(({ scope }) => scope as string)))),
    ])
    // It is waited for below; the connection may be lost before that.
    begun.catch(() => {})
    const outcomes = await carryOutBeside(client, jobs)
    await begun
    const lost = outcomes.find(({ error }) => isAway(error))
    if (lost) throw lost.error
    const failed = outcomes.filter(({ error, handle }) => error !== undefined && handle.isDirty())
    if (failed.length === 0) {
      try {
        return await finish(client, outcomes)
      } catch (error) {
        if (isAway(error)) throw error
        return await afterFailedEnd(client, outcomes, error)
      }
    }
    await rollBack(client, outcomes)
    const culprits = failed.filter(({ error }) => !isFollowUp(error))
    const others = outcomes.filter((outcome) => !culprits.includes(outcome))
    if (others.length > 0) {
      await commitBeside(
        client,
        others.map(({ job }) => job),
      )
    }
    for (const { job, error } of culprits) await tryAlone(client, job, error, jobs.length === 1)
  }

  /** Rows that were kept back could not be added: each job is carried out alone, to see whose they were. */
  async function afterFailedEnd(client: ClientBase, outcomes: readonly Outcome[], error: unknown): Promise<void> {
    await rollBack(client, outcomes)
    for (const { job } of outcomes) await tryAlone(client, job, error, outcomes.length === 1)
  }

  async function tryAlone(client: ClientBase, job: Job, error: unknown, wasAlone: boolean): Promise<void> {
    if (wasAlone && !(isCollision(error) && job.attempts < mostAttempts)) return job.reject(toApiError(error))
    job.attempts++
    await commitBeside(client, [job])
  }

  function carryOutBeside(client: ClientBase, jobs: readonly Job[]): Promise<Outcome[]> {
    const last = new Map<string | undefined, Promise<Outcome>>()
    return Promise.all(
      jobs.map((job) => {
        const before = last.get(job.scope)
        const outcome = before ? before.then((done) => carryOutAfter(client, done, job)) : carryOut(client, job)
        last.set(job.scope, outcome)
        return outcome
      }),
    )
  }

  /** What is carried out after other work on the same thing sees what that has done, also what it has kept back. */
  async function carryOutAfter(client: ClientBase, before: Outcome, job: Job): Promise<Outcome> {
    if (before.error !== undefined) return carryOut(client, job)
    const { kept } = before.handle
    const rows: KeptRows = new Map([...kept].filter(([{ isOrdered }]) => !isOrdered))
    for (const definition of rows.keys()) kept.delete(definition)
    const outcome = await Promise.all(addRows(client, statements, rows)).then(
      () => carryOut(client, job),
      (error: unknown): Outcome => ({ job, handle: createWorkHandle(client, statements, apart), error }),
    )
    return outcome
  }

  async function carryOut(client: ClientBase, job: Job): Promise<Outcome> {
    const handle = createWorkHandle(client, statements, apart)
    try {
      return { job, handle, result: await job.work(handle.database) }
    } catch (error) {
      return { job, handle, error: error ?? new Error('Failed without a reason') }
    }
  }

  async function commitSerially(client: ClientBase, jobs: Job[], isAlone = false): Promise<void> {
    const begun = performance.now()
    const outcomes: Outcome[] = []
    const locked = Promise.all([
      send(client, transactionControl.begin),
      send(client, lockStatement(advisoryLocks.serialWork)),
    ])
    locked.catch(() => {})
    for (let job = jobs[0]; job; job = takeNext()) {
      const saved = send(client, transactionControl.savepoint)
      saved.catch(() => {})
      const outcome = await carryOut(client, job)
      outcomes.push(outcome)
      await locked
      await saved
      if (isAway(outcome.error)) throw outcome.error
      if (outcome.error !== undefined && outcome.handle.isDirty()) {
        outcome.handle.undo()
        await send(client, transactionControl.rollbackToSavepoint)
      }
      send(client, transactionControl.releaseSavepoint).catch(() => {})
    }
    try {
      await finish(client, outcomes)
    } catch (error) {
      if (isAway(error) || outcomes.length === 1) throw error
      await rollBack(client, outcomes)
      for (const { job } of outcomes) await commitSerially(client, [job], true)
    }

    function takeNext(): Job | undefined {
      if (isAlone || outcomes.length >= mostJobs || performance.now() - begun > serialTime) return undefined
      const next = serial.shift()
      if (next) jobs.push(next)
      return next
    }
  }

  /**
   * Adds what was kept back, commits, and answers.
   * @throws where nothing was committed, or where that is not known.
   */
  async function finish(client: ClientBase, outcomes: readonly Outcome[]): Promise<void> {
    const rows: KeptRows = new Map()
    for (const { handle, error } of outcomes) {
      if (error === undefined) for (const [definition, added] of handle.kept) keepRows(rows, definition, added)
    }
    const sent = addRows(client, statements, rows)
    const committed = send(client, transactionControl.commit)
    await Promise.allSettled([...sent, committed])
    const added = await Promise.all(sent)
    if ((await committed).command !== 'COMMIT') throw new Error('The transaction was rolled back')
    for (const { job, result, error } of outcomes) {
      if (error === undefined) job.resolve(result)
      else job.reject(toApiError(error))
    }
    // The events: the only rows whose keys grow in the order of the commits.
    const newest = added.at(-1)?.rows.at(-1) as { id: number } | undefined
    if (newest) onEvents(newest.id)
  }

  async function rollBack(client: ClientBase, outcomes: readonly Outcome[]): Promise<void> {
    for (const { handle } of outcomes) handle.undo()
    await send(client, transactionControl.rollback)
  }

  return {
    add<T>(work: (inner: Database) => Promise<T>, scope: string | undefined): Promise<T> {
      return new Promise<T>((resolve, reject) => {
        const job: Job = { work, scope, resolve: resolve as (result: unknown) => void, reject, attempts: 0 }
        if (scope === undefined) serial.push(job)
        else beside.push(job)
        start()
      })
    },
    idle: () => (groups === 0 && !isSerialRunning ? Promise.resolve() : new Promise((wake) => waiters.push(wake))),
  }
}
