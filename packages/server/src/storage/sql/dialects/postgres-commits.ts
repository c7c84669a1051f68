import type { ClientBase } from 'pg'

import type { Database } from '../database.ts'
import { send } from './postgres-batch.ts'
import type { Connections } from './postgres-connections.ts'
import { isAway, isCollision, isFollowUp, toApiError } from './postgres-errors.ts'
import { addRows, checkDemands, createWorkHandle, keepRows } from './postgres-handle.ts'
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
  /** Whether it may take things for granted. */
  isHopeful: boolean
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
    const begun = [
      send(client, transactionControl.begin),
      send(client, lockScopes(new Set(jobs.map(({ scope }) => scope as string)))),
    ]
    // They are waited for below; the connection may be lost before that.
    for (const sent of begun) sent.catch(() => {})
    // Work that waits for no answer is done by now: all of its transaction travels at once.
    const outcomes = await carryOutBeside(client, jobs)
    const lost = outcomes.find(({ error }) => isAway(error))
    if (lost) throw lost.error
    const failed = outcomes.filter(({ error, handle }) => error !== undefined && handle.isDirty())
    if (failed.length === 0) {
      try {
        return await finish(client, outcomes)
      } catch (error) {
        if (isAway(error)) throw error
        await Promise.all(begun)
        return await afterFailedEnd(client, outcomes, error)
      }
    }
    await Promise.all(begun)
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

  /**
   * What was taken for granted is not so, or rows that were kept back could not be added: all are carried out once more
   * with a look at things, then each alone, to see whose fault it was.
   */
  async function afterFailedEnd(client: ClientBase, outcomes: readonly Outcome[], error: unknown): Promise<void> {
    await rollBack(client, outcomes)
    const jobs = outcomes.map(({ job }) => job)
    if (jobs.some(({ isHopeful }) => isHopeful)) {
      for (const job of jobs) job.isHopeful = false
      return commitBeside(client, jobs)
    }
    for (const job of jobs) await tryAlone(client, job, error, jobs.length === 1)
  }

  async function tryAlone(client: ClientBase, job: Job, error: unknown, wasAlone: boolean): Promise<void> {
    if (wasAlone && !(isCollision(error) && job.attempts < mostAttempts)) return job.reject(toApiError(error))
    job.attempts++
    await commitBeside(client, [job])
  }

  /** What is about the same thing is carried out one after another; each sees what those before have kept back. */
  function carryOutBeside(client: ClientBase, jobs: readonly Job[]): Promise<Outcome[]> {
    const scopes = new Map<string | undefined, { last: Promise<unknown>; readonly kept: KeptRows[] }>()
    return Promise.all(
      jobs.map((job) => {
        const before = scopes.get(job.scope)
        const kept = before?.kept ?? []
        const outcome = before ? before.last.then(() => carryOut(client, job, kept)) : carryOut(client, job, kept)
        scopes.set(job.scope, { last: outcome, kept })
        return outcome
      }),
    )
  }

  /** @param earlier what work on the same thing has kept back, to which this one's is added. */
  async function carryOut(client: ClientBase, job: Job, earlier: KeptRows[] = []): Promise<Outcome> {
    const { isHopeful } = job
    const handle = createWorkHandle({ client, statements, apart, isHopeful, earlier })
    try {
      const result = await job.work(handle.database)
      earlier.push(handle.kept)
      return { job, handle, result }
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
    const done = outcomes.filter(({ error }) => error === undefined)
    const rows: KeptRows = new Map()
    for (const { handle } of done) for (const [definition, added] of handle.kept) keepRows(rows, definition, added)
    const checked = checkDemands(
      client,
      statements,
      done.map(({ handle }) => handle.demands),
    )
    const sent = addRows(client, statements, rows)
    const committed = send(client, transactionControl.commit)
    await Promise.allSettled([...checked, ...sent, committed])
    await Promise.all(checked)
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
        const job: Job = {
          work,
          scope,
          resolve: resolve as (result: unknown) => void,
          reject,
          isHopeful: scope !== undefined,
          attempts: 0,
        }
        if (scope === undefined) serial.push(job)
        else beside.push(job)
        start()
      })
    },
    idle: () => (groups === 0 && !isSerialRunning ? Promise.resolve() : new Promise((wake) => waiters.push(wake))),
  }
}
