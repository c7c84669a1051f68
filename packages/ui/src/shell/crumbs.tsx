import { Link } from '@tanstack/react-router'
import { useEffect, useSyncExternalStore } from 'react'
import styles from './crumbs.module.css'

export interface Crumb {
  readonly label: string
  /** Where it leads, as a path below the server's prefix; the last one leads nowhere. */
  readonly to?: string
  /** The folder of experiments that it leads to. */
  readonly folder?: string
}

let current: readonly Crumb[] = []
const listeners = new Set<() => void>()

/** Tells the bar and the window's title where one is: the way from the top to this page. */
export function useCrumbs(crumbs: readonly Crumb[]): void {
  const text = JSON.stringify(crumbs)
  useEffect(() => {
    current = JSON.parse(text) as readonly Crumb[]
    const names = current.map(({ label }) => label).toReversed()
    document.title = [...names, 'Trackway'].join(' · ')
    for (const listener of listeners) listener()
  }, [text])
}

export function Crumbs() {
  const crumbs = useSyncExternalStore(
    (listener) => {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    () => current,
  )
  return (
    <nav className={styles['crumbs']} aria-label="Where you are">
      <Link to="/experiments" className={styles['brand'] ?? ''} aria-label="Trackway">
        <svg viewBox="0 0 32 32" aria-hidden="true">
          <path d="M4 24c6 0 6-8 12-8s6-8 12-8" />
          <circle cx="16" cy="16" r="4" />
        </svg>
      </Link>
      <ol>
        {crumbs.map(({ label, to, folder }, index) => (
          <li key={index} title={label}>
            {folder !== undefined ? (
              <Link to="/experiments" search={{ folder }} dir="auto">
                {label}
              </Link>
            ) : to === undefined ? (
              <span aria-current="page" dir="auto">
                {label}
              </span>
            ) : (
              <Link to={to} dir="auto">
                {label}
              </Link>
            )}
          </li>
        ))}
      </ol>
    </nav>
  )
}
