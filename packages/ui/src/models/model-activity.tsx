import { useInfiniteQuery } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { Event } from '@trackway/sdk'
import { EmptyState, Failure, Loading, LoadMore } from '../controls/notices.tsx'
import { Ago } from '../controls/time.tsx'
import { server } from '../server.ts'
import styles from './activity.module.css'
import { eventText } from './event-text.ts'

const kinds = [
  'registered_model',
  'registered_model_tag',
  'model_version',
  'model_version_tag',
  'model_version_alias',
  'transition_request',
  'comment',
]

/** What was done with a model and its versions, the newest first. */
export function ModelActivity({ name }: { name: string }) {
  const pages = useInfiniteQuery({
    queryKey: ['model', name, 'activity'],
    queryFn: ({ pageParam, signal }) =>
      server.listEvents(
        {
          names: [name],
          kinds,
          newest_first: true,
          max_results: 50,
          ...(pageParam !== '' && { page_token: pageParam }),
        },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_page_token || undefined,
  })
  const events = pages.data?.pages.flatMap((page) => page.events ?? []) ?? []
  if (pages.isPending) return <Loading what="the activity" />
  if (pages.isError && !pages.isFetchNextPageError) {
    return <Failure what="The activity could not be loaded." error={pages.error} retry={pages.refetch} />
  }
  if (events.length === 0) return <EmptyState title="Nothing happened yet" />
  return (
    <section aria-label="Activity">
      <ol className={styles['log']}>
        {events.map((event) => (
          <EventItem key={String(event.id)} name={name} event={event} />
        ))}
      </ol>
      <LoadMore pages={pages} what="activity" />
    </section>
  )
}

function EventItem({ name, event }: { name: string; event: Event }) {
  const data = event.data as Readonly<Record<string, unknown>>
  const version = typeof data['version'] === 'string' ? data['version'] : undefined
  const comment = typeof data['comment'] === 'string' ? data['comment'] : undefined
  return (
    <li className={styles['entry']}>
      <p className={styles['line']}>
        <bdi className={styles['who']}>{event.user_id || 'Somebody'}</bdi> <bdi>{eventText(event.kind, data)}</bdi>
        {version !== undefined && (
          <>
            {' '}
            <Link to="/models/$name/versions/$version" params={{ name, version }}>
              v{version}
            </Link>
          </>
        )}
        <span className={styles['when']}>
          <Ago ms={event.timestamp} />
        </span>
      </p>
      {comment !== undefined && comment !== '' && (
        <blockquote className={styles['said']} dir="auto">
          {comment}
        </blockquote>
      )}
    </li>
  )
}
