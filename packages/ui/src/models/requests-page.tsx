import { getRouteApi, Link } from '@tanstack/react-router'
import { CallerNameField } from '../controls/caller-name-field.tsx'
import { EmptyState, Failure, Loading, LoadMore } from '../controls/notices.tsx'
import { useCrumbs } from '../shell/crumbs.tsx'
import { useRequestPages } from './model-queries.ts'
import models from './models.module.css'
import { RequestItem } from './request-item.tsx'
import styles from './requests.module.css'

const route = getRouteApi('/requests')
const exactly = { exact: true, includeSearch: true }

/** The requests for moves of all models: those that wait for a decision, or what became of the others. */
export function RequestsPage() {
  useCrumbs([{ label: 'Requests' }])
  const { closed = false } = route.useSearch()
  const pages = useRequestPages({ closed })
  const requests = pages.data?.pages.flatMap((page) => page.requests ?? []) ?? []
  return (
    <div className="page">
      <header className="page-head">
        <h1>Requests</h1>
      </header>
      <div className={styles['caller']}>
        <CallerNameField />
      </div>
      <nav className={models['tabs']} aria-label="Which requests">
        <Link to="/requests" search={{}} activeOptions={exactly} aria-current={closed ? undefined : 'page'}>
          Open
        </Link>
        <Link
          to="/requests"
          search={{ closed: true }}
          activeOptions={exactly}
          aria-current={closed ? 'page' : undefined}
        >
          Closed
        </Link>
      </nav>
      {pages.isPending && <Loading what="requests" />}
      {pages.isError && !pages.isFetchNextPageError && (
        <Failure what="The requests could not be loaded." error={pages.error} retry={pages.refetch} />
      )}
      {pages.isSuccess && requests.length === 0 && <NoRequests isClosed={closed} />}
      {requests.length > 0 && (
        <>
          <ul className={styles['list']} aria-label={closed ? 'Closed requests' : 'Open requests'}>
            {requests.map((request) => (
              <RequestItem key={request.id} request={request} hasNameField />
            ))}
          </ul>
          <LoadMore pages={pages} what="requests" />
        </>
      )}
    </div>
  )
}

function NoRequests({ isClosed }: { isClosed: boolean }) {
  if (isClosed) return <EmptyState title="No request was decided yet" />
  return (
    <EmptyState title="Nothing waits for a decision">
      <p>
        Who wants a version in another stage asks for it on the page of its{' '}
        <Link to="/models" className={models['in-text'] ?? ''}>
          model
        </Link>
        : “Move to…”. A model’s settings say which moves need an approval.
      </p>
    </EmptyState>
  )
}
