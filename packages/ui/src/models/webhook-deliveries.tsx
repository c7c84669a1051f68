import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import type { WebhookDelivery } from '@trackway/sdk'
import { RotateCw } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../controls/button.tsx'
import { Failure, Loading, LoadMore } from '../controls/notices.tsx'
import { SelectField } from '../controls/text-field.tsx'
import { Ago } from '../controls/time.tsx'
import { server } from '../server.ts'
import { toastFailure } from '../shell/toasts.tsx'
import models from './models.module.css'
import styles from './webhooks.module.css'

const states = { PENDING: 'Waiting', DELIVERED: 'Delivered', FAILED: 'Failed' } as const
type State = keyof typeof states | ''

/** How often, in ms, the log is read again while something waits to be sent. */
const pendingMs = 3000

/** What became of the events of a webhook, the newest first. */
export function WebhookDeliveries({ webhookId }: { webhookId: string }) {
  const [state, setState] = useState<State>('')
  const pages = useInfiniteQuery({
    queryKey: ['webhooks', webhookId, 'deliveries', state],
    queryFn: ({ pageParam, signal }) =>
      server.listWebhookDeliveries(
        {
          webhook_id: webhookId,
          max_results: 20,
          ...(state !== '' && { state }),
          ...(pageParam !== '' && { page_token: pageParam }),
        },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_page_token || undefined,
    refetchInterval: ({ state: { data } }) =>
      data?.pages.some((page) => (page.deliveries ?? []).some((one) => one.state === 'PENDING')) === true
        ? pendingMs
        : false,
  })
  const deliveries = pages.data?.pages.flatMap((page) => page.deliveries ?? []) ?? []
  return (
    <div className={models['section']}>
      <div className={models['fields']}>
        <SelectField
          label="Which deliveries"
          isBare
          value={state}
          choices={[
            { value: '', label: 'All deliveries' },
            ...Object.entries(states).map(([value, label]) => ({ value: value as State, label })),
          ]}
          onChoose={setState}
        />
      </div>
      {pages.isPending && <Loading what="deliveries" rows={3} />}
      {pages.isError && !pages.isFetchNextPageError && (
        <Failure what="The deliveries could not be loaded." error={pages.error} retry={pages.refetch} />
      )}
      {pages.isSuccess && deliveries.length === 0 && <p className="quiet">Nothing was sent yet.</p>}
      {deliveries.length > 0 && (
        <div className={models['scroll']}>
          <table className="table" aria-label="Deliveries">
            <thead>
              <tr>
                <th scope="col">State</th>
                <th scope="col">Event</th>
                <th scope="col" className="number">
                  Attempts
                </th>
                <th scope="col">Answer</th>
                <th scope="col">Happened</th>
                <th scope="col">
                  <span className="visually-hidden">Actions</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {deliveries.map((delivery) => (
                <DeliveryRow key={delivery.delivery_id} delivery={delivery} />
              ))}
            </tbody>
          </table>
        </div>
      )}
      <LoadMore pages={pages} what="deliveries" />
    </div>
  )
}

function DeliveryRow({ delivery }: { delivery: WebhookDelivery }) {
  const { webhook_id, delivery_id, state, response_status: status, next_attempt_timestamp: next } = delivery
  const queries = useQueryClient()
  const again = async (): Promise<void> => {
    try {
      await server.redeliverWebhook({ webhook_id, delivery_id })
    } catch (error) {
      toastFailure('It was not sent again.', error)
    }
    await queries.invalidateQueries({ queryKey: ['webhooks', webhook_id] })
  }
  const answer = delivery.error_message ?? delivery.response_body ?? ''
  return (
    <tr>
      <td>
        <span className={styles['state']} data-state={state}>
          {states[state]}
        </span>
        {state === 'PENDING' && delivery.attempts > 0 && next !== undefined && (
          <small className="quiet">
            {' '}
            next <Ago ms={next} />
          </small>
        )}
      </td>
      <td className={models['mono']}>{delivery.kind}</td>
      <td className="number">{delivery.attempts}</td>
      <td>
        {answer === '' ? (
          status
        ) : (
          <details>
            <summary className={styles['answer']}>{status ?? 'no answer'}</summary>
            <pre className={styles['body']} tabIndex={0} dir="auto">
              {answer}
            </pre>
          </details>
        )}
      </td>
      <td className={models['metric']}>
        <Ago ms={delivery.creation_timestamp} />
      </td>
      <td>
        <Button kind="quiet" onClick={() => void again()}>
          <RotateCw /> Send again
        </Button>
      </td>
    </tr>
  )
}
