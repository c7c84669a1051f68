import { useSyncExternalStore } from 'react'

const key = 'trackway.caller-name'
const listeners = new Set<() => void>()

/** The name under which this browser comments, asks and approves, until there is a sign-in; empty for nobody. */
function callerName(): string {
  return localStorage.getItem(key) ?? ''
}

export function setCallerName(name: string): void {
  localStorage.setItem(key, name.trim())
  for (const listener of listeners) listener()
}

export function useCallerName(): string {
  return useSyncExternalStore((listener) => {
    listeners.add(listener)
    return () => listeners.delete(listener)
  }, callerName)
}

/** What the server takes the caller's name from: Basic authentication without a password (RFC 7617, UTF-8). */
export function callerHeaders(): Record<string, string> {
  const name = callerName().replaceAll(':', '')
  if (name === '') return {}
  return { authorization: `Basic ${btoa(String.fromCharCode(...new TextEncoder().encode(`${name}:`)))}` }
}
