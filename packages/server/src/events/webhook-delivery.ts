import { ApiError } from '@trackway/api'

import type { Operations } from '../operations.ts'
import { judge } from './delivery-retry.ts'
import type { Lease } from './lease.ts'
import type { DueDelivery } from './store.ts'
import { headersOf, messageOf } from './webhook-message.ts'
import { UnreadableSecret } from './webhook-secrets.ts'
import type { WebhookSecrets } from './webhook-secrets.ts'
import type { Answer, Send } from './webhook-sender.ts'

export interface DeliverySettings {
  /** How often a delivery is sent again before it counts as failed. */
  readonly maxRetries: number
  /** For one attempt, in ms. */
  readonly timeout: number
  /** How many are sent at once. */
  readonly workers: number
}

export interface DeliveryLoop {
  /** Takes no more, finishes what is under way for up to 3 s, and leaves the rest for the next start. */
  close(): Promise<void>
}

interface Parts {
  readonly operations: Pick<Operations, 'planDeliveries' | 'claimDeliveries' | 'finishDelivery'>
  readonly onEvents: (listener: () => void) => void
  readonly send: Send
  readonly secrets: Pick<WebhookSecrets, 'open'>
  readonly settings: DeliverySettings
  readonly report: (what: string, error: unknown) => void
  /** Given where several servers share the store: one of them sends, so that the order and the limits hold. */
  readonly lease?: Lease | undefined
}

/** One webhook as this process sees it. */
interface Receiver {
  underWay: number
  /** In a row. */
  failures: number
  /** After some failures all its deliveries wait until then, so that one that is gone does not take others' places. */
  restsUntil: number
}

const planLimit = 500
/** Events that come within this many ms are planned together. */
const gatherTime = 20
/** It looks by itself at least every so many ms: an announcement may be lost when the writer ends. */
const longestSleep = 60_000
const retryPause = 1000
/** How often, in ms, a server that does not send asks whether the one that does is still there. */
const leasePause = 1000
const longestRest = 60_000
/** So many failures in a row are taken for hiccups. */
const hiccups = 2
/** What a lease has beyond the attempt, in ms, to store what came of it. */
const leaseMargin = 10_000
const graceTime = 3000

/**
 * Sends what the outbox holds for webhooks: each event at least once, under one delivery id. A server that dies between
 * sending and noting it down sends it again when the lease is over. Deliveries of a webhook begin in the order of the
 * events, some at a time; where one is tried again, later ones pass it.
 */
export function startWebhookDelivery(parts: Parts): DeliveryLoop {
  const { operations, settings, report } = parts
  const perWebhook = Math.max(1, Math.floor(settings.workers / 5))
  const lease = settings.timeout + leaseMargin
  const receivers = new Map<string, Receiver>()
  const underWay = new Set<Promise<void>>()
  const stop = new AbortController()
  let isClosing = false
  let hasNews = true
  let plannedAt = 0
  let isWorking = false
  let again = false
  let working = Promise.resolve()
  let timer: NodeJS.Timeout | undefined
  let wakeTime = Infinity
  /** When something may be due, as far as is known. */
  let nextLook = 0

  parts.onEvents(() => {
    hasNews = true
    wakeIn(gatherTime)
  })
  wake()

  function wakeIn(pause: number): void {
    const time = Date.now() + pause
    if (isClosing || time >= wakeTime) return
    clearTimeout(timer)
    wakeTime = time
    timer = setTimeout(wake, pause)
  }

  function wake(): void {
    clearTimeout(timer)
    wakeTime = Infinity
    again = true
    if (!isClosing && !isWorking) working = work()
  }

  async function work(): Promise<void> {
    isWorking = true
    try {
      while (again && !isClosing) {
        again = false
        if (parts.lease && !(await parts.lease.hold())) {
          hasNews = true
          wakeIn(leasePause)
          return
        }
        const planned = hasNews || Date.now() - plannedAt >= longestSleep ? await plan() : 0
        // Events that no webhook could want change nothing: a busy server without webhooks asks for no more.
        if (planned > 0 || Date.now() >= nextLook) await dispatch()
        else wakeIn(nextLook - Date.now())
      }
    } catch (error) {
      // A full disk, or a writer that is being started again.
      if (!(error instanceof ApiError)) report('sending webhooks', error)
      hasNews = true
      nextLook = 0
      wakeIn(retryPause)
    } finally {
      isWorking = false
    }
  }

  async function plan(): Promise<number> {
    hasNews = false
    plannedAt = Date.now()
    const planned = await operations.planDeliveries({ limit: planLimit, now: plannedAt })
    if (planned >= planLimit) {
      hasNews = true
      again = true
    }
    return planned
  }

  /** Starts what is due, and sleeps until something else is. */
  async function dispatch(): Promise<void> {
    const free = settings.workers - underWay.size
    if (free <= 0) return
    const now = Date.now()
    for (const [id, { underWay: busy, failures }] of receivers) {
      if (busy === 0 && failures === 0) receivers.delete(id)
    }
    const busy = [...receivers].filter(([, one]) => one.underWay > 0 || one.restsUntil > now)
    const except = busy.map(([id]) => id)
    // A delivery that is finished meanwhile makes it earlier again.
    nextLook = Infinity
    const { due, next } = await operations.claimDeliveries({ limit: free, perWebhook, except, now, lease })
    for (const delivery of due) start(delivery)
    const rests = busy.filter(([, one]) => one.underWay === 0).map(([, one]) => one.restsUntil - now)
    const wait = next === null ? longestSleep : next - now
    // What is due and was not given waits for a free place; anything else would be asked for again and again.
    const least = due.length > 0 ? 0 : retryPause
    const pause = Math.max(0, Math.min(longestSleep, ...rests, Math.max(wait, least)))
    nextLook = Math.min(nextLook, now + pause)
    wakeIn(pause)
  }

  function start(delivery: DueDelivery): void {
    const receiver = receivers.get(delivery.webhookId) ?? { underWay: 0, failures: 0, restsUntil: 0 }
    receivers.set(delivery.webhookId, receiver)
    receiver.underWay++
    const sending = deliver(delivery, receiver)
      .catch((error: unknown) => {
        // It is sent again when its lease is over.
        if (!(error instanceof ApiError)) report('a webhook', error)
      })
      .finally(() => {
        receiver.underWay--
        underWay.delete(sending)
        nextLook = 0
        wake()
      })
    underWay.add(sending)
  }

  async function deliver(delivery: DueDelivery, receiver: Receiver): Promise<void> {
    const { deliveryId } = delivery
    const answer = await attempt(delivery)
    const time = Date.now()
    if ('stopped' in answer) {
      const nothing = { responseStatus: null, responseBody: null, errorMessage: 'The server was stopped meanwhile.' }
      await operations.finishDelivery({ deliveryId, state: 'PENDING', nextAttemptTime: time, ...nothing })
      return
    }
    const verdict = judge(answer, delivery.attempts + 1, { maxRetries: settings.maxRetries, now: time })
    noteHealth(receiver, answer, verdict.nextAttemptTime, time)
    await operations.finishDelivery({ deliveryId, ...verdict })
  }

  async function attempt({ deliveryId, url, secret, event }: DueDelivery): Promise<Answer> {
    try {
      const body = messageOf(event)
      const opened = secret === null ? null : parts.secrets.open(secret)
      const headers = headersOf(deliveryId, body, opened, Date.now())
      return await parts.send({ url, headers, body, signal: stop.signal })
    } catch (error) {
      if (error instanceof UnreadableSecret) return { failure: error.message, isFinal: false }
      throw error
    }
  }

  /** @param retryTime when the delivery is tried again, where it is. */
  function noteHealth(receiver: Receiver, answer: Answer, retryTime: number | null, now: number): void {
    const isThere = 'status' in answer && answer.status !== 429 && answer.status < 500
    receiver.failures = isThere ? 0 : receiver.failures + 1
    const beyond = Math.min(receiver.failures - hiccups, 10)
    const rest = beyond > 0 ? Math.min(retryPause * 2 ** (beyond - 1), longestRest) : 0
    const hasAsked = !isThere && 'retryAfter' in answer && answer.retryAfter !== undefined
    receiver.restsUntil = Math.max(now + rest, hasAsked ? (retryTime ?? 0) : 0)
  }

  return {
    async close() {
      isClosing = true
      clearTimeout(timer)
      const grace = setTimeout(() => stop.abort(), graceTime)
      await working
      await Promise.all(underWay)
      clearTimeout(grace)
      // It ends by itself where the database is away.
      await parts.lease?.drop().catch(() => {})
    },
  }
}
