/** What was worked out of points, each with the version of the points that it holds for. */
export interface CurveCache {
  get<T>(key: string, version: string): T | undefined
  /** @param numbers how many numbers the value holds. */
  put(key: string, version: string, value: unknown, numbers: number): void
}

/** Numbers kept by each thread: 12 MB, or 600 curves of 400 buckets and some more. */
const capacity = 1_500_000
/** What an entry takes beside its numbers, as if it were numbers. */
const overhead = 50

/** Keeps what was used last. */
export function createCurveCache(most = capacity): CurveCache {
  const entries = new Map<string, { version: string; value: unknown; size: number }>()
  let size = 0

  function remove(key: string): void {
    size -= entries.get(key)?.size ?? 0
    entries.delete(key)
  }

  return {
    get<T>(key: string, version: string): T | undefined {
      const entry = entries.get(key)
      if (!entry) return undefined
      entries.delete(key)
      if (entry.version !== version) {
        size -= entry.size
        return undefined
      }
      entries.set(key, entry)
      return entry.value as T
    },
    put(key, version, value, numbers) {
      remove(key)
      const entry = { version, value, size: numbers + overhead }
      if (entry.size > most) return
      entries.set(key, entry)
      size += entry.size
      for (const oldest of entries.keys()) {
        if (size <= most) return
        remove(oldest)
      }
    },
  }
}
