import { useSyncExternalStore } from 'react'

export const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

const key = 'trackway.theme'
const listeners = new Set<() => void>()
const prefersDark = matchMedia('(prefers-color-scheme: dark)')

prefersDark.addEventListener('change', announce)
// Another tab of the same server has changed it.
addEventListener('storage', (event) => {
  if (event.key === key) applyTheme()
})

/** What this browser was set to; 'system' follows the system, also while it changes. */
function theme(): Theme {
  const kept = localStorage.getItem(key)
  return themes.find((one) => one === kept) ?? 'system'
}

export function setTheme(chosen: Theme): void {
  localStorage.setItem(key, chosen)
  applyTheme()
}

export function applyTheme(): void {
  document.documentElement.dataset['theme'] = theme()
  announce()
}

export function useTheme(): Theme {
  return useSyncExternalStore(subscribe, theme)
}

/** Whether the page is dark now: what is drawn on a canvas must be drawn again when this changes. */
export function useIsDark(): boolean {
  return useSyncExternalStore(subscribe, () => (theme() === 'system' ? prefersDark.matches : theme() === 'dark'))
}

/** A colour token, such as `--line`, as a canvas takes it: in the present theme. */
export function themeColour(token: `--${string}`): string {
  const probe = document.createElement('span')
  probe.style.color = `var(${token})`
  document.body.append(probe)
  const colour = getComputedStyle(probe).color
  probe.remove()
  return colour
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener)
  return () => listeners.delete(listener)
}

function announce(): void {
  for (const listener of listeners) listener()
}
