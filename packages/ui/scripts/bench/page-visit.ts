import type { Browser, CDPSession, Page } from 'playwright-core'

/** What one cold visit of a page costs. Times are milliseconds since the navigation began, bytes those on the wire. */
export interface Visit {
  readonly requests: number
  /** Those that fetch data: neither files of the page nor the stream of events. */
  readonly dataRequests: number
  readonly jsBytes: number
  readonly allBytes: number
  /** When the marks that were waited for stood on the page. */
  readonly shownMs: number
  /** When an element or a text last changed. */
  readonly changedMs: number
  /** When, after the marks stood there, the main thread had nothing to do for the first time, nor an answer to wait for. */
  readonly idleMs: number
  readonly longestTaskMs: number
  readonly nodes: number
}

export interface VisitOptions {
  readonly url: string
  /** Selects what shows that the page has its content. */
  readonly marks: string
  /** How many of them there must be; 1 when absent. */
  readonly count?: number
  readonly width?: number
  readonly height?: number
  readonly theme?: 'light' | 'dark'
}

interface Traffic {
  requests: number
  dataRequests: number
  jsBytes: number
  allBytes: number
  /** Ids of requests that are not answered yet, with their addresses. */
  readonly waiting: Map<string, string>
  lastMs: number
}

const quietMs = 800
const mostMs = 60_000

/** Opens a page in a browser session without a cache, waits until it has come to rest, and lets `look` see it. */
export async function visit<T>(
  browser: Browser,
  { url, marks, count = 1, width = 1440, height = 900, theme = 'light' }: VisitOptions,
  look: (page: Page) => Promise<T>,
): Promise<Visit & { readonly seen: T }> {
  const context = await browser.newContext({ viewport: { width, height }, colorScheme: theme, locale: 'en-US' })
  try {
    const page = await context.newPage()
    page.setDefaultTimeout(mostMs)
    await page.addInitScript(observe, { marks, count })
    const traffic = followTraffic(await context.newCDPSession(page))
    await traffic.begin()
    await page.goto(url, { timeout: mostMs })
    const { shownMs, changedMs, taskEndMs, longestTaskMs } = await settled(
      page,
      traffic.counts,
      `${count} × ${marks} at ${url}`,
    )
    const nodes = await page.evaluate(() => document.getElementsByTagName('*').length)
    const { requests, dataRequests, jsBytes, allBytes } = traffic.counts
    const seen = await look(page)
    return {
      requests,
      dataRequests,
      jsBytes,
      allBytes,
      shownMs,
      changedMs,
      idleMs: Math.max(shownMs, taskEndMs),
      longestTaskMs,
      nodes,
      seen,
    }
  } finally {
    await context.close()
  }
}

interface Observed {
  shownMs: number | undefined
  changedMs: number
  taskEndMs: number
  longestTaskMs: number
}

/** Runs in the page, before any of its own scripts. */
function observe({ marks, count }: { marks: string; count: number }): void {
  const observed: Observed = { shownMs: undefined, changedMs: 0, taskEndMs: 0, longestTaskMs: 0 }
  Object.assign(globalThis, { observed })
  new PerformanceObserver((list) => {
    for (const { startTime, duration } of list.getEntries()) {
      observed.taskEndMs = startTime + duration
      observed.longestTaskMs = Math.max(observed.longestTaskMs, duration)
    }
  }).observe({ type: 'longtask', buffered: true })
  new MutationObserver(() => {
    observed.changedMs = performance.now()
  }).observe(document, { childList: true, characterData: true, subtree: true })
  const look = (): void => {
    if (observed.shownMs === undefined) {
      if (document.querySelectorAll(marks).length >= count) observed.shownMs = performance.now()
      requestAnimationFrame(look)
    }
  }
  requestAnimationFrame(look)
}

async function settled(page: Page, traffic: Traffic, what: string): Promise<Observed & { readonly shownMs: number }> {
  const begun = performance.now()
  for (;;) {
    await new Promise((done) => setTimeout(done, 100))
    const { now, ...observed } = await page.evaluate(() => ({
      ...(globalThis as unknown as { observed: Observed }).observed,
      now: performance.now(),
    }))
    const isQuiet =
      traffic.waiting.size === 0 && performance.now() - traffic.lastMs > quietMs && now - observed.taskEndMs > quietMs
    if (isQuiet && observed.shownMs !== undefined) return { ...observed, shownMs: observed.shownMs }
    if (performance.now() - begun > mostMs) {
      const why =
        observed.shownMs === undefined
          ? 'never showed'
          : `waits for ${[...traffic.waiting.values()].join(', ') || 'its scripts'} after`
      throw new Error(`The page ${why} ${what} within ${mostMs / 1000} s.`)
    }
  }
}

function followTraffic(session: CDPSession): { counts: Traffic; begin: () => Promise<void> } {
  const counts: Traffic = {
    requests: 0,
    dataRequests: 0,
    jsBytes: 0,
    allBytes: 0,
    waiting: new Map(),
    lastMs: performance.now(),
  }
  const types = new Map<string, string>()
  const over = (id: string): void => {
    counts.waiting.delete(id)
    counts.lastMs = performance.now()
  }
  session.on('Network.requestWillBeSent', ({ requestId, request, type = 'Other' }) => {
    if (request.url.startsWith('data:') || request.url.startsWith('blob:')) return
    types.set(requestId, type)
    counts.requests += 1
    if (type === 'XHR' || type === 'Fetch') counts.dataRequests += 1
    // A stream of events never ends; what a worker loads, itself first, ends in a session of its own.
    if (type !== 'EventSource' && !/worker[^/]*\.js$/.test(request.url)) counts.waiting.set(requestId, request.url)
  })
  session.on('Network.responseReceived', ({ requestId, response }) => {
    if (response.mimeType === 'text/event-stream') over(requestId)
  })
  session.on('Network.loadingFinished', ({ requestId, encodedDataLength }) => {
    counts.allBytes += encodedDataLength
    if (types.get(requestId) === 'Script') counts.jsBytes += encodedDataLength
    over(requestId)
  })
  session.on('Network.loadingFailed', ({ requestId }) => over(requestId))
  return { counts, begin: async () => void (await session.send('Network.enable')) }
}
