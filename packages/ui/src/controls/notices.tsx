import type { ReactNode } from 'react'
import { Button } from './button.tsx'
import styles from './notices.module.css'

/** An error in the place of what it concerns, with a way to try again. */
export function Failure({ what, error, retry }: { what: string; error: Error; retry?: () => unknown }) {
  return (
    <div className={styles['failure']} role="alert">
      <p className={styles['title']} dir="auto">
        {what}
      </p>
      <p className={styles['reason']} dir="auto">
        {error.message}
      </p>
      {retry && <Button onClick={() => void retry()}>Retry</Button>}
    </div>
  )
}

/** Grey bars where content will be; they appear only when loading takes a moment. */
export function Loading({ what, rows = 6 }: { what: string; rows?: number }) {
  return (
    <div className={styles['loading']} role="status">
      <span className="visually-hidden">Loading {what}…</span>
      {Array.from({ length: rows }, (_, row) => (
        <span key={row} className={styles['bar']} aria-hidden="true" />
      ))}
    </div>
  )
}

/** What to do where there is nothing yet, or why there is nothing. */
export function EmptyState({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <section className={styles['empty']}>
      <h2>{title}</h2>
      {children}
    </section>
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
    <Button
      className={styles['more']}
      aria-disabled={pages.isFetchingNextPage}
      onClick={() => {
        if (!pages.isFetchingNextPage) void pages.fetchNextPage()
      }}
    >
      {pages.isFetchingNextPage ? 'Loading…' : `Load more ${what}`}
    </Button>
  )
}
