import type { ErrorComponentProps } from '@tanstack/react-router'
import { Failure } from '../controls/notices.tsx'
import { errorOf } from '../controls/thrown.ts'

/** In the place of a page that could not be shown, as when a part of it was not to be had after a new version. */
export function PageFailure({ error }: ErrorComponentProps) {
  return <Failure what="This page could not be shown." error={errorOf(error)} retry={() => location.reload()} />
}
