import { availableParallelism } from 'node:os'

import type { DataThread } from './data-thread-client.ts'
import type { ReportFault } from './perform.ts'

/** As many readers as there is work for, up to one for each core and two at least. */
export class ReaderPool {
  private readonly most = Math.max(2, Math.min(8, availableParallelism()))
  private readonly readers: DataThread[] = []
  private starting: Promise<void> | undefined
  private readonly start: () => Promise<DataThread>
  private readonly report: ReportFault

  constructor(start: () => Promise<DataThread>, report: ReportFault) {
    this.start = start
    this.report = report
  }

  /** The reader with the least to do; a further one is started when all are busy. Undefined where none will start. */
  async choose(): Promise<DataThread | undefined> {
    if (this.readers.length === 0) await this.add()
    const [first, ...others] = this.readers
    if (!first) return undefined
    const freest = others.reduce((best, reader) => (reader.pending() < best.pending() ? reader : best), first)
    if (freest.pending() > 0 && this.readers.length < this.most) void this.add()
    return freest
  }

  private add(): Promise<void> {
    this.starting ??= this.start()
      .then((reader) => {
        this.readers.push(reader)
        void reader.gone.then(() => this.readers.splice(this.readers.indexOf(reader), 1))
      })
      .catch((error: unknown) => {
        this.report('reader thread', error)
      })
      .finally(() => {
        this.starting = undefined
      })
    return this.starting
  }

  async close(): Promise<void> {
    await this.starting
    await Promise.all(this.readers.map((reader) => reader.close()))
  }
}
