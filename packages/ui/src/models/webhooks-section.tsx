import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import type { Webhook } from '@trackway/sdk'
import { Ellipsis, Plus } from 'lucide-react'
import { useState } from 'react'
import { Button } from '../controls/button.tsx'
import { Menu } from '../controls/menu.tsx'
import { Failure, Loading, LoadMore } from '../controls/notices.tsx'
import { server } from '../server.ts'
import { toast, toastFailure } from '../shell/toasts.tsx'
import { ConfirmDialog } from './confirm-dialog.tsx'
import models from './models.module.css'
import { WebhookDeliveries } from './webhook-deliveries.tsx'
import { WebhookDialog } from './webhook-dialog.tsx'
import { isOfModels, kindsOfWebhook } from './webhook-events.ts'
import styles from './webhooks.module.css'

/** All webhooks with what was sent; on a model's page those that are told of models. */
export function WebhooksSection({ modelName }: { modelName?: string }) {
  const [edited, setEdited] = useState<Webhook | 'new'>()
  const pages = useInfiniteQuery({
    queryKey: ['webhooks', 'pages'],
    queryFn: ({ pageParam, signal }) =>
      server.listWebhooks(
        { all_events: true, max_results: 100, ...(pageParam !== '' && { page_token: pageParam }) },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_page_token || undefined,
  })
  const all = pages.data?.pages.flatMap((page) => page.webhooks ?? []) ?? []
  const webhooks = modelName === undefined ? all : all.filter(isOfModels)
  return (
    <section className={models['panel']} aria-labelledby="webhooks">
      <div className={models['section-head']}>
        <h2 id="webhooks">Webhooks</h2>
        <Button onClick={() => setEdited('new')}>
          <Plus /> New webhook
        </Button>
      </div>
      <p className="quiet">
        {modelName === undefined
          ? 'What happens is sent to these addresses, signed where there is a secret, and sent again until it arrives.'
          : 'These are told of what happens to this and every other model: a webhook is not bound to one.'}
      </p>
      {pages.isPending && <Loading what="webhooks" rows={3} />}
      {pages.isError && !pages.isFetchNextPageError && (
        <Failure what="The webhooks could not be loaded." error={pages.error} retry={pages.refetch} />
      )}
      {pages.isSuccess && webhooks.length === 0 && <p>There are none yet.</p>}
      <ul className={styles['list']} aria-label="Webhooks">
        {webhooks.map((webhook) => (
          <WebhookItem key={webhook.webhook_id} webhook={webhook} onEdit={() => setEdited(webhook)} />
        ))}
      </ul>
      <LoadMore pages={pages} what="webhooks" />
      {edited !== undefined && (
        <WebhookDialog
          {...(edited !== 'new' && { webhook: edited })}
          isOfModel={modelName !== undefined}
          onClose={() => setEdited(undefined)}
        />
      )}
    </section>
  )
}

function WebhookItem({ webhook, onEdit }: { webhook: Webhook; onEdit: () => void }) {
  const { webhook_id, name, url, status, description } = webhook
  const [isDeleting, setDeleting] = useState(false)
  const [isOpen, setOpen] = useState(false)
  const queries = useQueryClient()
  const kinds = kindsOfWebhook(webhook)
  const refresh = () => queries.invalidateQueries({ queryKey: ['webhooks'] })
  const setStatus = async (next: Webhook['status']): Promise<void> => {
    try {
      await server.updateWebhook({ webhook_id, status: next })
      toast({
        text: next === 'ACTIVE' ? `Webhook ${name} is told of events again.` : `Webhook ${name} is told nothing now.`,
        undo: () => setStatus(status),
      })
    } catch (error) {
      toastFailure('The webhook was not changed.', error)
    }
    await refresh()
  }
  const test = async (): Promise<void> => {
    try {
      const { result } = await server.testWebhook({ webhook_id, ...testEvent(webhook) })
      const answer = result.response_status === undefined ? '' : ` (${result.response_status})`
      toast(
        result.success
          ? { text: `${name} took the example${answer}.` }
          : {
              text: `${name} did not take the example${answer}. ${result.error_message ?? result.response_body ?? ''}`,
              kind: 'failed',
            },
      )
    } catch (error) {
      toastFailure('The example was not sent.', error)
    }
  }
  return (
    <li className={styles['webhook']}>
      <div className={styles['head']}>
        <div className={styles['what']}>
          <p>
            <bdi className={models['strong']}>{name}</bdi>{' '}
            <span className={styles['status']} data-status={status}>
              {status === 'ACTIVE' ? 'Active' : 'Disabled'}
            </span>
          </p>
          <p className={`cut ${models['mono'] ?? ''}`} title={url}>
            <bdi>{url}</bdi>
          </p>
          {description !== undefined && description !== '' && (
            <p className="quiet" dir="auto">
              {description}
            </p>
          )}
          <p className={styles['kinds']}>{kinds.join(', ')}</p>
        </div>
        <Button onClick={() => void test()}>Send a test</Button>
        <Button aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          Deliveries
        </Button>
        <Menu
          label={`Actions of ${name}`}
          kind="quiet"
          items={[
            { id: 'edit', label: 'Edit…', onAction: onEdit },
            status === 'ACTIVE'
              ? { id: 'disable', label: 'Disable', onAction: () => void setStatus('DISABLED') }
              : { id: 'enable', label: 'Enable', onAction: () => void setStatus('ACTIVE') },
            { id: 'delete', label: 'Delete…', danger: true, onAction: () => setDeleting(true) },
          ]}
        >
          <Ellipsis />
        </Menu>
      </div>
      {isOpen && <WebhookDeliveries webhookId={webhook_id} />}
      {isDeleting && (
        <ConfirmDialog
          title={`Delete webhook ${name}`}
          action="Delete for good"
          onClose={() => setDeleting(false)}
          onConfirm={async () => {
            await server.deleteWebhook({ webhook_id })
            await refresh()
          }}
        >
          <p>The webhook and the record of its deliveries will be gone. Nothing brings them back.</p>
        </ConfirmDialog>
      )}
    </li>
  )
}

/** The server takes MLflow's first event by itself; ours it must be told. */
function testEvent({ events = [], trackway_events: ours = [] }: Webhook): { trackway_event?: string } {
  const [first] = ours
  return events.length === 0 && first !== undefined ? { trackway_event: first } : {}
}
