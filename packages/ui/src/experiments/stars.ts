import { useSyncExternalStore } from 'react'

const key = 'trackway.stars'
const listeners = new Set<() => void>()

/** The experiments that somebody marked in this browser, by id. */
export function useStars(): ReadonlySet<string> {
  const text = useSyncExternalStore(subscribe, () => localStorage.getItem(key) ?? '')
  return new Set(text.split(',').filter((id) => id !== ''))
}

export function toggleStar(id: string): void {
  const stars = new Set((localStorage.getItem(key) ?? '').split(',').filter((one) => one !== ''))
  if (!stars.delete(id)) stars.add(id)
  localStorage.setItem(key, [...stars].join(','))
  for (const listener of listeners) listener()
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  addEventListener('storage', listener)
  return () => {
    listeners.delete(listener)
    removeEventListener('storage', listener)
  }
}
