import { useQueryClient } from '@tanstack/react-query'
import { Link } from '@tanstack/react-router'
import type { TransitionRequest } from '@trackway/sdk'
import { Check, Undo2, X } from 'lucide-react'
import { useState } from 'react'
import { useCallerName } from '../caller-name.ts'
import { Button } from '../controls/button.tsx'
import { CallerNameField } from '../controls/caller-name-field.tsx'
import { TextField } from '../controls/text-field.tsx'
import { Ago } from '../controls/time.tsx'
import { server } from '../server.ts'
import { toast } from '../shell/toasts.tsx'
import models from './models.module.css'
import styles from './requests.module.css'
import { StageMark } from './stage-mark.tsx'
import { canArchive } from './stages.ts'
import { messageOf } from '../controls/thrown.ts'
import { readAgain } from '../shell/read-again.ts'

const outcomes: Readonly<Record<Exclude<TransitionRequest['state'], 'OPEN'>, string>> = {
  APPROVED: 'Approved',
  REJECTED: 'Rejected',
  CANCELLED: 'Taken back',
  OVERTAKEN: 'Overtaken: the version came there without it',
}

interface RequestItemProps {
  readonly request: TransitionRequest
  /** Whether the page asks for the caller's name already. */
  readonly hasNameField?: boolean
}

/** A request for a move: who asks for what, and, while it is open, the decision with its reason. */
export function RequestItem({ request, hasNameField = false }: RequestItemProps) {
  const { name, version, state } = request
  return (
    <li className={styles['request']}>
      <div className={styles['what']}>
        <Link
          to="/models/$name/versions/$version"
          params={{ name, version }}
          className={`cut ${styles['model'] ?? ''}`}
          title={name}
        >
          <bdi>{name}</bdi> v{version}
        </Link>
        <span className={models['chips']}>
          <StageMark stage={request.from_stage} /> <span aria-label="to">→</span> <StageMark stage={request.to_stage} />
        </span>
        {state === 'OPEN' && request.current_stage !== request.from_stage && (
          <span className="quiet">now in {request.current_stage}</span>
        )}
        <span className={styles['asked']}>
          <bdi>{request.user_id || 'Somebody'}</bdi> asked <Ago ms={request.creation_timestamp} />
        </span>
      </div>
      {request.comment !== undefined && request.comment !== '' && (
        <blockquote className={styles['said']} dir="auto">
          {request.comment}
        </blockquote>
      )}
      {state === 'OPEN' ? <Decision request={request} hasNameField={hasNameField} /> : <Outcome request={request} />}
    </li>
  )
}

function Outcome({ request }: { request: TransitionRequest }) {
  if (request.state === 'OPEN') return null
  return (
    <p className={styles['outcome']} data-state={request.state}>
      <strong>{outcomes[request.state]}</strong>
      {request.decided_by !== undefined && request.decided_by !== '' && (
        <>
          {' '}
          by <bdi>{request.decided_by}</bdi>
        </>
      )}{' '}
      {request.decision_timestamp !== undefined && <Ago ms={request.decision_timestamp} />}
      {request.decision_comment !== undefined && request.decision_comment !== '' && (
        <>
          {': '}
          <bdi>{request.decision_comment}</bdi>
        </>
      )}
    </p>
  )
}

function Decision({ request, hasNameField }: Required<RequestItemProps>) {
  const { name, version, to_stage: stage } = request
  const [comment, setComment] = useState('')
  const [isArchiving, setArchiving] = useState(canArchive(stage))
  const [error, setError] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const caller = useCallerName()
  const [asksName] = useState(caller === '' && !hasNameField)
  const queries = useQueryClient()
  const said = comment === '' ? {} : { comment }

  const decide = async (deed: () => Promise<unknown>, done: string): Promise<void> => {
    setBusy(true)
    try {
      await deed()
      toast({ text: done })
      await readAgain(queries, 'requests', 'models', 'model', 'version')
    } catch (reason) {
      setError(messageOf(reason))
    }
    setBusy(false)
  }
  const isOwn = request.user_id === caller
  return (
    <div className={styles['decision']} role="group" aria-label={`Decide on version ${version} of ${name}`}>
      {asksName && (
        <div className={styles['name']}>
          <CallerNameField />
        </div>
      )}
      <div className={styles['comment']}>
        <TextField
          label="Comment"
          isBare
          placeholder="Why (kept in the activity)"
          value={comment}
          onChange={(event) => setComment(event.target.value)}
          error={error}
        />
      </div>
      {canArchive(stage) && (
        <label className={models['check']}>
          <input type="checkbox" checked={isArchiving} onChange={(event) => setArchiving(event.target.checked)} />
          Archive what is in {stage} now
        </label>
      )}
      <div className={models['actions']}>
        <Button
          kind="primary"
          disabled={isBusy}
          onClick={() =>
            void decide(
              () =>
                server.approveTransitionRequest({
                  name,
                  version,
                  stage,
                  archive_existing_versions: isArchiving,
                  ...said,
                }),
              `Version ${version} of ${name} is in ${stage} now.`,
            )
          }
        >
          <Check /> Approve
        </Button>
        <Button
          disabled={isBusy}
          onClick={() =>
            void decide(
              () => server.rejectTransitionRequest({ name, version, stage, ...said }),
              `The move of version ${version} of ${name} to ${stage} was rejected.`,
            )
          }
        >
          <X /> Reject
        </Button>
        {isOwn && (
          <Button
            kind="quiet"
            disabled={isBusy}
            onClick={() =>
              void decide(
                () => server.deleteTransitionRequest({ name, version, stage, ...said }),
                'The request was taken back.',
              )
            }
          >
            <Undo2 /> Take back
          </Button>
        )}
      </div>
    </div>
  )
}
