import { useSyncExternalStore } from 'react'

const narrow = matchMedia('(max-width: 600px)')
const wide = matchMedia('(min-width: 1200px)')

/** Whether the page is as narrow as a telephone. */
export function useIsNarrow(): boolean {
  return useMatches(narrow)
}

/** Whether a table has room for charts beside it. */
export function useIsWide(): boolean {
  return useMatches(wide)
}

function useMatches(query: MediaQueryList): boolean {
  return useSyncExternalStore(
    (listener) => {
      query.addEventListener('change', listener)
      return () => query.removeEventListener('change', listener)
    },
    () => query.matches,
  )
}
