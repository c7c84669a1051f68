import { Link, useRouterState } from '@tanstack/react-router'
import { EmptyState } from '../controls/notices.tsx'
import { useCrumbs } from './crumbs.tsx'

export function NotFound() {
  const path = useRouterState({ select: (state) => state.location.pathname })
  useCrumbs([{ label: 'No such page' }])
  return (
    <EmptyState title="There is no such page">
      <p>
        Nothing is at <code dir="auto">{path}</code>. It may have been mistyped or cut.
      </p>
      <p>
        <Link to="/experiments">Experiments</Link> · <Link to="/models">Models</Link>
      </p>
    </EmptyState>
  )
}
