import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query'
import type { Activity } from '@trackway/sdk'
import { Pencil, Trash2 } from 'lucide-react'
import { useState } from 'react'
import { useCallerName } from '../caller-name.ts'
import { Button, IconButton } from '../controls/button.tsx'
import { CallerNameField } from '../controls/caller-name-field.tsx'
import { Failure, Loading, LoadMore } from '../controls/notices.tsx'
import { TextArea } from '../controls/text-field.tsx'
import { Ago } from '../controls/time.tsx'
import { server } from '../server.ts'
import { toast, toastFailure } from '../shell/toasts.tsx'
import styles from './activity.module.css'
import { StageMark } from './stage-mark.tsx'
import { messageOf } from '../controls/thrown.ts'

const deeds: Readonly<Record<Activity['activity_type'], string>> = {
  APPLIED_TRANSITION: 'moved it',
  REQUESTED_TRANSITION: 'asked for a move',
  CANCELLED_REQUEST: 'took a request back',
  APPROVED_REQUEST: 'approved a move',
  REJECTED_REQUEST: 'rejected a move',
  SYSTEM_TRANSITION: 'caused a move',
  NEW_COMMENT: 'commented',
}

/** Who moved a version when and why, and what was said of it. */
export function VersionActivity({ name, version }: { name: string; version: string }) {
  const pages = useInfiniteQuery({
    queryKey: ['version', name, version, 'activity'],
    queryFn: ({ pageParam, signal }) =>
      server.listModelVersionActivities(
        { name, version, max_results: 50, ...(pageParam !== '' && { page_token: pageParam }) },
        { signal },
      ),
    initialPageParam: '',
    getNextPageParam: (page) => page.next_page_token || undefined,
  })
  const activities = pages.data?.pages.flatMap((page) => page.activities ?? []) ?? []
  return (
    <>
      <CommentForm name={name} version={version} />
      {pages.isPending && <Loading what="the activity" />}
      {pages.isError && !pages.isFetchNextPageError && (
        <Failure what="The activity could not be loaded." error={pages.error} retry={pages.refetch} />
      )}
      {pages.isSuccess && activities.length === 0 && (
        <p className="quiet">Nobody has moved or commented on this version yet.</p>
      )}
      {activities.length > 0 && (
        <section aria-label="Activity">
          <ol className={styles['log']}>
            {activities.map((activity) => (
              <ActivityItem key={activity.id} activity={activity} />
            ))}
          </ol>
          <LoadMore pages={pages} what="activity" />
        </section>
      )}
    </>
  )
}

function CommentForm({ name, version }: { name: string; version: string }) {
  const [text, setText] = useState('')
  const [error, setError] = useState<string>()
  const caller = useCallerName()
  const [asksName] = useState(caller === '')
  const queries = useQueryClient()
  const send = async (): Promise<void> => {
    try {
      await server.createComment({ name, version, comment: text })
      setText('')
      setError(undefined)
      await queries.invalidateQueries({ queryKey: ['version', name, version] })
    } catch (reason) {
      setError(messageOf(reason))
    }
  }
  return (
    <form
      className={styles['form']}
      aria-label="New comment"
      onSubmit={(event) => {
        event.preventDefault()
        if (text.trim() !== '') void send()
      }}
    >
      <TextArea
        label="Comment"
        rows={3}
        value={text}
        onChange={(event) => setText(event.target.value)}
        error={error}
        onKeyDown={(event) => {
          if (event.key === 'Enter' && (event.ctrlKey || event.metaKey)) event.currentTarget.form?.requestSubmit()
        }}
      />
      {asksName && text !== '' && <CallerNameField />}
      <div>
        <Button type="submit" disabled={text.trim() === ''}>
          Comment
        </Button>
      </div>
    </form>
  )
}

function ActivityItem({ activity }: { activity: Activity }) {
  const { user_id: user, activity_type: type, comment, from_stage: from, to_stage: to } = activity
  const caller = useCallerName()
  const [isEditing, setEditing] = useState(false)
  const isOwn = caller !== '' && user === caller
  const actions = isOwn ? (activity.available_actions ?? []) : []
  const isChanged =
    type === 'NEW_COMMENT' && comment !== undefined && activity.last_updated_timestamp !== activity.creation_timestamp
  return (
    <li className={styles['entry']}>
      <div className={styles['line']}>
        <bdi className={styles['who']}>{user || 'Somebody'}</bdi> {deeds[type]}
        {to !== undefined && (
          <span className={styles['stages']}>
            {from !== undefined && (
              <>
                <StageMark stage={from} /> <span aria-label="to">→</span>
              </>
            )}
            <StageMark stage={to} />
          </span>
        )}
        <span className={styles['when']}>
          <Ago ms={activity.creation_timestamp} />
          {isChanged && ', changed'}
        </span>
        {actions.includes('EDIT_COMMENT') && !isEditing && (
          <IconButton label="Edit comment" onClick={() => setEditing(true)}>
            <Pencil />
          </IconButton>
        )}
        {actions.includes('DELETE_COMMENT') && <DeleteComment activity={activity} />}
      </div>
      {activity.system_comment !== undefined && <p className="quiet">{activity.system_comment}</p>}
      {isEditing ? (
        <EditComment activity={activity} onClose={() => setEditing(false)} />
      ) : (
        comment !== undefined &&
        comment !== '' && (
          <blockquote className={styles['said']} dir="auto">
            {comment}
          </blockquote>
        )
      )}
    </li>
  )
}

function DeleteComment({ activity }: { activity: Activity }) {
  const queries = useQueryClient()
  const [isAsking, setAsking] = useState(false)
  const remove = async (): Promise<void> => {
    try {
      await server.deleteComment({ id: activity.id })
      toast({ text: 'The comment was deleted; the log goes on saying that there was one.' })
    } catch (error) {
      toastFailure('The comment was not deleted.', error)
    }
    await queries.invalidateQueries({ queryKey: ['version'] })
  }
  if (!isAsking) {
    return (
      <IconButton label="Delete comment" onClick={() => setAsking(true)}>
        <Trash2 />
      </IconButton>
    )
  }
  return (
    <>
      <Button kind="danger" autoFocus onClick={() => void remove()}>
        Delete for good
      </Button>
      <Button kind="quiet" onClick={() => setAsking(false)}>
        Keep
      </Button>
    </>
  )
}

function EditComment({ activity, onClose }: { activity: Activity; onClose: () => void }) {
  const [text, setText] = useState(activity.comment ?? '')
  const [error, setError] = useState<string>()
  const queries = useQueryClient()
  const save = async (): Promise<void> => {
    try {
      await server.updateComment({ id: activity.id, comment: text })
      onClose()
      await queries.invalidateQueries({ queryKey: ['version'] })
    } catch (reason) {
      setError(messageOf(reason))
    }
  }
  return (
    <form
      className={styles['form']}
      onSubmit={(event) => {
        event.preventDefault()
        void save()
      }}
    >
      <TextArea
        label="Comment"
        isBare
        rows={3}
        value={text}
        onChange={(event) => setText(event.target.value)}
        error={error}
        autoFocus
      />
      <div className={styles['stages']}>
        <Button type="submit" disabled={text.trim() === ''}>
          Save
        </Button>
        <Button kind="quiet" onClick={onClose}>
          Cancel
        </Button>
      </div>
    </form>
  )
}
