import type { ErrorComponentProps } from '@tanstack/react-router'
import { Failure } from '../controls/notices.tsx'

/** In the place of a page that could not be shown, as when a part of it was not to be had after a new version. */
export function PageFailure({ error }: ErrorComponentProps) {
  return (
    <Failure
      what="This page could not be shown."
      error={error instanceof Error ? error : new Error(String(error))}
      retry={() => location.reload()}
    />
  )
}
