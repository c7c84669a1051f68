import { useQueryClient } from '@tanstack/react-query'
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { ModelVersion } from '@trackway/sdk'
import { ArrowRightLeft, Ellipsis, GitCompare } from 'lucide-react'
import { useState } from 'react'
import { ArtifactBrowser } from '../artifacts/artifact-browser.tsx'
import { buttonLink } from '../controls/button.tsx'
import { CopyButton } from '../controls/copy-button.tsx'
import { Menu } from '../controls/menu.tsx'
import { Failure, Loading } from '../controls/notices.tsx'
import { TagList, userTags } from '../controls/tag-list.tsx'
import { Ago } from '../controls/time.tsx'
import { server } from '../server.ts'
import { useCrumbs } from '../shell/crumbs.tsx'
import { toastFailure } from '../shell/toasts.tsx'
import { AliasList } from './alias-list.tsx'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { modelUri } from './load-snippet.ts'
import { useModel, useModelSettings, useVersion } from './model-queries.ts'
import styles from './models.module.css'
import { MoveMenu } from './move-menu.tsx'
import { StageMark } from './stage-mark.tsx'
import { TabLinks } from './tab-links.tsx'
import { VersionActivity } from './version-activity.tsx'
import { VersionLineage } from './version-lineage.tsx'
import { VersionOverview } from './version-overview.tsx'
import { VersionRequests } from './version-requests.tsx'
import { readAgain } from '../shell/read-again.ts'

const route = getRouteApi('/models/$name/versions/$version')

/** A version of a registered model. */
export function VersionPage() {
  const { name, version: number } = route.useParams()
  const { tab = 'overview', path = '' } = route.useSearch()
  const navigate = useNavigate()
  useCrumbs([
    { label: 'Models', to: '/models' },
    { label: name, to: `/models/${encodeURIComponent(name)}` },
    { label: `Version ${number}` },
  ])
  const version = useVersion(name, number)
  if (version.isPending) return <Loading what="the version" />
  if (version.isError) {
    return (
      <Failure
        what={`Version ${number} of ${name} could not be loaded.`}
        error={version.error}
        retry={version.refetch}
      />
    )
  }
  return (
    <div className="page">
      <VersionHead version={version.data} />
      <TabLinks
        label="Parts of the version"
        current={tab}
        tabs={[
          { id: 'overview', label: 'Overview' },
          { id: 'files', label: 'Files' },
          { id: 'lineage', label: 'Lineage' },
          { id: 'activity', label: 'Activity' },
          { id: 'requests', label: 'Requests' },
        ]}
      />
      {tab === 'overview' && <VersionOverview version={version.data} />}
      {tab === 'files' && (
        <ArtifactBrowser
          root={{ name, version: number }}
          path={path}
          onOpen={(opened) =>
            void navigate({
              to: '/models/$name/versions/$version',
              params: { name, version: number },
              search: opened === '' ? { tab: 'files' } : { tab: 'files', path: opened },
            })
          }
        />
      )}
      {tab === 'lineage' && <VersionLineage name={name} version={number} />}
      {tab === 'activity' && <VersionActivity name={name} version={number} />}
      {tab === 'requests' && <VersionRequests version={version.data} />}
    </div>
  )
}

function VersionHead({ version }: { version: ModelVersion }) {
  const { name, current_stage: stage } = version
  const [isDeleting, setDeleting] = useState(false)
  const queries = useQueryClient()
  const navigate = useNavigate()
  const model = useModel(name)
  const settings = useModelSettings(name)
  const aliases = version.aliases ?? []
  const changed = () => readAgain(queries, 'models', 'model', 'version')
  const ref = { name, version: version.version }
  return (
    <>
      <header className="page-head">
        <div className={styles['page-title']}>
          <h1 dir="auto">
            {name} <span className="quiet">version {version.version}</span>
          </h1>
          <StageMark stage={stage} />
          <AliasList {...ref} aliases={aliases} taken={model.data?.aliases ?? []} />
        </div>
        <div className={styles['actions']}>
          <MoveMenu {...ref} stage={stage} settings={settings.data}>
            <ArrowRightLeft /> Move to…
          </MoveMenu>
          <Link to="/models/$name/compare" params={{ name }} search={{ v: [ref.version] }} className={buttonLink}>
            <GitCompare /> Compare
          </Link>
          <Menu
            label="More actions"
            kind="quiet"
            items={[{ id: 'delete', label: 'Delete…', danger: true, onAction: () => setDeleting(true) }]}
          >
            <Ellipsis />
          </Menu>
        </div>
      </header>
      <div className={styles['facts']}>
        {version.user_id !== undefined && version.user_id !== '' && (
          <span>
            By <b dir="auto">{version.user_id}</b>
          </span>
        )}
        <span>
          Registered <Ago ms={version.creation_timestamp} />
        </span>
        <span>
          Changed <Ago ms={version.last_updated_timestamp} />
        </span>
        <span>
          <code>{modelUri({ ...ref, alias: undefined })}</code>
          <CopyButton text={modelUri({ ...ref, alias: undefined })} label="Copy the model URI" />
        </span>
        <TagList
          tags={userTags(version.tags)}
          onSet={async (key, value) => {
            await server.setModelVersionTag({ ...ref, key, value })
            await changed()
          }}
          onDelete={async (key) => {
            await server
              .deleteModelVersionTag({ ...ref, key })
              .catch((error: unknown) => toastFailure('The tag was not deleted.', error))
            await changed()
          }}
        />
      </div>
      {version.status !== 'READY' && (
        <p className={styles['notice']} role="status">
          {version.status === 'FAILED_REGISTRATION'
            ? 'The registration failed.'
            : 'The registration is not complete yet.'}{' '}
          <bdi>{version.status_message}</bdi>
        </p>
      )}
      {isDeleting && (
        <ConfirmDialog
          title={`Delete version ${version.version}`}
          action="Delete for good"
          typed={`${name} ${version.version}`}
          onClose={() => setDeleting(false)}
          onConfirm={async () => {
            await server.deleteModelVersion(ref)
            await navigate({ to: '/models/$name', params: { name } })
            queries.removeQueries({ queryKey: ['version', name, version.version] })
            await changed()
          }}
        >
          <p>
            Version {version.version}
            {stage === 'None' ? '' : `, which is in ${stage},`} will be gone with its aliases, tags, comments and
            requests. <strong>Nothing brings it back</strong>, and its number is not used again. Its files and the
            source run stay.
          </p>
        </ConfirmDialog>
      )}
    </>
  )
}
