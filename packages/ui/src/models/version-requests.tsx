import { useQuery } from '@tanstack/react-query'
import type { ModelVersion } from '@trackway/sdk'
import { EmptyState, Failure, Loading } from '../controls/notices.tsx'
import { server } from '../server.ts'
import { RequestItem } from './request-item.tsx'
import styles from './requests.module.css'

/** The open requests for moves of a version, to be decided in place. */
export function VersionRequests({ version }: { version: ModelVersion }) {
  const { name, version: number } = version
  const requests = useQuery({
    queryKey: ['version', name, number, 'requests'],
    queryFn: async ({ signal }) =>
      (await server.listTransitionRequests({ name, version: number }, { signal })).requests ?? [],
  })
  if (requests.isPending) return <Loading what="the requests" rows={3} />
  if (requests.isError) {
    return <Failure what="The requests could not be loaded." error={requests.error} retry={requests.refetch} />
  }
  if (requests.data.length === 0) {
    return (
      <EmptyState title="No open requests">
        <p>“Move to…” above asks for a move; what was decided stands in the activity.</p>
      </EmptyState>
    )
  }
  return (
    <ul className={styles['list']} aria-label="Open requests">
      {requests.data.map((request) => (
        <RequestItem
          key={request.id}
          request={{
            id: request.id,
            name,
            version: number,
            current_stage: version.current_stage,
            from_stage: request.from_stage ?? version.current_stage,
            to_stage: request.to_stage ?? version.current_stage,
            state: 'OPEN',
            user_id: request.user_id,
            creation_timestamp: request.creation_timestamp,
            comment: request.comment,
          }}
        />
      ))}
    </ul>
  )
}
