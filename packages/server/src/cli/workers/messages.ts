import type { ServerConfig } from '../../config.ts'
import type { MetricsReport } from '../../http/metrics-report.ts'

/** To a worker. A connection travels beside its message. */
export type ToWorker =
  | { readonly start: ServerConfig; readonly slot: number }
  | { readonly connection: true }
  /** The whole server is about to stop: readiness is false from now on, and each reply the last on its connection. */
  | { readonly retire: true }
  /** Finish what was taken. Connections may be silent for so many ms before they are closed. */
  | { readonly stop: number }
  /** So many of its connections are to end with their next reply, as another worker has fewer. */
  | { readonly shed: number }
  | { readonly wantReport: number }
  /** The answer to `wantReports`: what the others count, and what those counted that are gone. */
  | { readonly reports: readonly MetricsReport[]; readonly id: number }

export type FromWorker =
  /** It serves. Not ready is one whose database is away: its replies say so. */
  | { readonly serves: true; readonly isReady: boolean }
  | { readonly startupFailure: string }
  /** The connection that was sent last is its own now; the next may come. */
  | { readonly taken: true }
  /** So many of its connections were closed. */
  | { readonly ended: number }
  /** It got a signal by itself and finishes what it has taken. */
  | { readonly leaving: true }
  | { readonly report: MetricsReport; readonly id: number }
  /** The last that it counted. */
  | { readonly farewell: MetricsReport }
  | { readonly wantReports: number }
