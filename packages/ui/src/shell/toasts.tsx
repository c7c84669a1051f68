import { useSyncExternalStore } from 'react'
import { Button } from '../controls/button.tsx'
import styles from './toasts.module.css'
import { messageOf } from '../controls/thrown.ts'

export interface Toast {
  readonly text: string
  readonly kind?: 'done' | 'failed'
  /** Takes back what the toast says was done. */
  readonly undo?: () => unknown
}

/** How long a toast stays, in ms: long enough to reach its Undo. */
const stayMs = 10_000

let shown: readonly (Toast & { readonly id: number })[] = []
let lastId = 0
const listeners = new Set<() => void>()

/** Says what was done, at the foot of the page, with a way back. */
export function toast(what: Toast): void {
  const id = ++lastId
  change([...shown.slice(-3), { ...what, id }])
  setTimeout(() => dismiss(id), stayMs)
}

/** Tells a failure of something that the user asked for. */
export function toastFailure(what: string, error: unknown): void {
  toast({ text: `${what} ${messageOf(error)}`, kind: 'failed' })
}

function dismiss(id: number): void {
  change(shown.filter((one) => one.id !== id))
}

function change(next: typeof shown): void {
  shown = next
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

export function Toasts() {
  const toasts = useSyncExternalStore(subscribe, () => shown)
  return (
    <section className={styles['toasts']} aria-label="Messages" aria-live="polite">
      {toasts.map(({ id, text, kind = 'done', undo }) => (
        <div key={id} className={styles['toast']} data-kind={kind}>
          <p dir="auto">{text}</p>
          {undo && (
            <Button
              onClick={() => {
                dismiss(id)
                undo()
              }}
            >
              Undo
            </Button>
          )}
          <Button kind="quiet" aria-label="Dismiss message" onClick={() => dismiss(id)}>
            ✕
          </Button>
        </div>
      ))}
    </section>
  )
}
