/** An error in the place of what it concerns, with a way to try again. */
export function Failure({ what, error, retry }: { what: string; error: Error; retry: () => unknown }) {
  return (
    <div className="failure" role="alert">
      <p className="failure-title">{what}</p>
      <p className="failure-reason">{error.message}</p>
      <button type="button" className="button" onClick={() => void retry()}>
        Retry
      </button>
    </div>
  )
}

/** Grey bars where content will be; they appear only when loading takes a moment. */
export function Loading({ what, rows }: { what: string; rows: number }) {
  return (
    <div className="loading" role="status">
      <span className="visually-hidden">Loading {what}…</span>
      {Array.from({ length: rows }, (_, row) => (
        <span key={row} className="loading-row" aria-hidden="true" />
      ))}
    </div>
  )
}

interface Pages {
  readonly hasNextPage: boolean
  readonly isFetchingNextPage: boolean
  readonly isFetchNextPageError: boolean
  readonly error: Error | null
  readonly fetchNextPage: () => unknown
}

/** The button below a list that has further pages. */
export function LoadMore({ pages, what }: { pages: Pages; what: string }) {
  if (pages.isFetchNextPageError && pages.error) {
    return <Failure what={`Further ${what} could not be loaded.`} error={pages.error} retry={pages.fetchNextPage} />
  }
  if (!pages.hasNextPage) return null
  return (
    <button
      type="button"
      className="button load-more"
      aria-disabled={pages.isFetchingNextPage}
      onClick={() => {
        if (!pages.isFetchingNextPage) void pages.fetchNextPage()
      }}
    >
      {pages.isFetchingNextPage ? 'Loading…' : `Load more ${what}`}
    </button>
  )
}
