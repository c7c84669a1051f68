import { Agent, request } from 'node:http'
import { setTimeout as sleep } from 'node:timers/promises'
import { readJson, valueAt } from './reply-body.ts'
import type { Scenario, Step } from './scenario.ts'

/** A reply as it came. */
interface Reply {
  readonly status: number
  readonly headers: Readonly<Record<string, string>>
  readonly text: string
}

/** What became of a step: its reply and the values known after it, or the name of the value that it lacked. */
export type Exchange =
  | { readonly reply: Reply; readonly known: ReadonlyMap<string, string> }
  | { readonly lacks: string }

// A connection for each request: a server may close one after it refused a body.
const agent = new Agent({ keepAlive: false })

/** Sends a scenario's requests, one after the other, under names that no other run uses. */
export async function replay(scenario: Scenario, url: string): Promise<Exchange[]> {
  const known = new Map([['unique', `u${Date.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`]])
  const exchanges: Exchange[] = []
  for (const step of scenario.steps) {
    const lacks = firstUnknown(step, known)
    if (lacks !== undefined) {
      exchanges.push({ lacks })
      continue
    }
    if (step.pauseMs !== undefined) await sleep(step.pauseMs)
    const reply = await exchange(step, known, url)
    for (const [name, path] of Object.entries(step.capture ?? {})) {
      const value = valueAt(readJson(reply.text), path)
      if (typeof value === 'string') known.set(name, value)
    }
    exchanges.push({ reply, known: new Map(known) })
  }
  return exchanges
}

function firstUnknown(step: Step, known: ReadonlyMap<string, string>): string | undefined {
  const { path, query, body, raw } = step
  const names = JSON.stringify([path, query, body, raw]).matchAll(/\$\{(\w+)\}/g)
  return [...names].map((match) => match[1]).find((name) => name !== undefined && !known.has(name))
}

function exchange(step: Step, known: ReadonlyMap<string, string>, url: string): Promise<Reply> {
  const fill = (text: string): string => text.replaceAll(/\$\{(\w+)\}/g, (_, name: string) => known.get(name) ?? '')
  const query = new URLSearchParams()
  for (const [name, values] of Object.entries(step.query ?? {})) {
    for (const value of [values].flat()) query.append(name, fill(value))
  }
  const path = fill(step.path) + (query.size > 0 ? `?${query}` : '')
  const body = step.body === undefined ? step.raw : JSON.stringify(step.body)
  const bytes = body === undefined ? undefined : Buffer.from(fill(body))
  const headers: Record<string, string> = {
    ...(step.body === undefined ? {} : { 'content-type': 'application/json' }),
    ...(bytes === undefined ? {} : { 'content-length': String(bytes.length) }),
    ...step.headers,
  }
  const { hostname, port } = new URL(url)

  return new Promise((resolve, reject) => {
    // Not fetch(): it would resolve `..` in the path and give the body a content type.
    const sent = request({ hostname, port, method: step.method, path, headers, agent }, (reply) => {
      const chunks: Buffer[] = []
      reply.on('data', (chunk: Buffer) => chunks.push(chunk))
      reply.on('error', reject)
      reply.on('end', () => {
        const replyHeaders = Object.entries(reply.headers).map(([name, value]) => [name, String(value)] as const)
        resolve({
          status: reply.statusCode ?? 0,
          headers: Object.fromEntries(replyHeaders),
          text: Buffer.concat(chunks).toString('utf8'),
        })
      })
    })
    sent.on('error', reject)
    sent.end(bytes)
  })
}
