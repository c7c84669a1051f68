import { useQueryClient } from '@tanstack/react-query'
import { getRouteApi, useNavigate } from '@tanstack/react-router'
import type { RegisteredModel } from '@trackway/sdk'
import { Ellipsis } from 'lucide-react'
import { useState } from 'react'
import { CopyButton } from '../controls/copy-button.tsx'
import { Menu } from '../controls/menu.tsx'
import { Failure, Loading, LoadMore } from '../controls/notices.tsx'
import { TagList, userTags } from '../controls/tag-list.tsx'
import { Ago } from '../controls/time.tsx'
import { server, serverUrl } from '../server.ts'
import { useCrumbs } from '../shell/crumbs.tsx'
import { toastFailure } from '../shell/toasts.tsx'
import { aliasesOf } from './aliases-of.ts'
import { ApprovalSettings } from './approval-settings.tsx'
import { CodeChoice } from './code-choice.tsx'
import { ConfirmDialog } from './confirm-dialog.tsx'
import { DescriptionSection } from './description-section.tsx'
import { ModelActivity } from './model-activity.tsx'
import { useModel, useModelSettings, useRequestPages, useVersionPages } from './model-queries.ts'
import styles from './models.module.css'
import { registerLanguages, registerSnippet } from './register-snippet.ts'
import { RenameModelDialog } from './rename-model-dialog.tsx'
import { useSourceRuns } from './source-runs.ts'
import { StageLane } from './stage-lane.tsx'
import { TabLinks } from './tab-links.tsx'
import { VersionsTable } from './versions-table.tsx'
import { WebhooksSection } from './webhooks-section.tsx'
import { readAgain } from '../shell/read-again.ts'

const route = getRouteApi('/models/$name')

/** A registered model: where its versions stand, how good they are, who did what. */
export function ModelPage() {
  const { name } = route.useParams()
  const { tab = 'versions' } = route.useSearch()
  useCrumbs([{ label: 'Models', to: '/models' }, { label: name }])
  const model = useModel(name)
  if (model.isPending) return <Loading what="the model" />
  if (model.isError)
    return <Failure what={`Model ${name} could not be loaded.`} error={model.error} retry={model.refetch} />
  return (
    <div className="page">
      <ModelHead model={model.data} />
      <TabLinks
        label="Parts of the model"
        current={tab}
        tabs={[
          { id: 'versions', label: 'Versions' },
          { id: 'activity', label: 'Activity' },
          { id: 'settings', label: 'Approvals and webhooks' },
        ]}
      />
      {tab === 'versions' && <Versions model={model.data} />}
      {tab === 'activity' && <ModelActivity name={name} />}
      {tab === 'settings' && (
        <>
          <ApprovalSettings name={name} />
          <WebhooksSection modelName={name} />
        </>
      )}
    </div>
  )
}

function ModelHead({ model }: { model: RegisteredModel }) {
  const { name } = model
  const [dialog, setDialog] = useState<'rename' | 'delete'>()
  const queries = useQueryClient()
  const navigate = useNavigate()
  const changed = () => readAgain(queries, 'models', 'model')
  const versions = (model.latest_versions ?? []).length
  return (
    <>
      <header className="page-head">
        <div className={styles['page-title']}>
          <h1 dir="auto">{name}</h1>
          <CopyButton text={name} label="Copy the name" />
        </div>
        <Menu
          label="More actions"
          kind="quiet"
          items={[
            { id: 'rename', label: 'Rename…', onAction: () => setDialog('rename') },
            { id: 'delete', label: 'Delete…', danger: true, onAction: () => setDialog('delete') },
          ]}
        >
          <Ellipsis />
        </Menu>
      </header>
      <div className={styles['facts']}>
        {model.user_id !== undefined && model.user_id !== '' && (
          <span>
            Owner <b dir="auto">{model.user_id}</b>
          </span>
        )}
        <span>
          Made <Ago ms={model.creation_timestamp} />
        </span>
        <span>
          Changed <Ago ms={model.last_updated_timestamp} />
        </span>
        <TagList
          tags={userTags(model.tags)}
          onSet={async (key, value) => {
            await server.setRegisteredModelTag({ name, key, value })
            await changed()
          }}
          onDelete={async (key) => {
            await server
              .deleteRegisteredModelTag({ name, key })
              .catch((error: unknown) => toastFailure('The tag was not deleted.', error))
            await changed()
          }}
        />
      </div>
      <DescriptionSection
        text={model.description ?? ''}
        onSave={async (description) => {
          await server.updateRegisteredModel({ name, description })
          await changed()
        }}
      />
      {dialog === 'rename' && <RenameModelDialog name={name} onClose={() => setDialog(undefined)} />}
      {dialog === 'delete' && (
        <ConfirmDialog
          title="Delete the model"
          action="Delete for good"
          typed={name}
          onClose={() => setDialog(undefined)}
          onConfirm={async () => {
            await server.deleteRegisteredModel({ name })
            await navigate({ to: '/models' })
            queries.removeQueries({ queryKey: ['model', name] })
            await queries.invalidateQueries({ queryKey: ['models'] })
          }}
        >
          <p>
            {versions === 0 ? 'The model' : 'The model with all its versions'}, their aliases, tags, comments and
            requests will be gone. <strong>Nothing brings them back</strong>: a registered model has no trash. The files
            and the source runs stay.
          </p>
        </ConfirmDialog>
      )}
    </>
  )
}

function Versions({ model }: { model: RegisteredModel }) {
  const { name } = model
  const { cols } = route.useSearch()
  const navigate = useNavigate()
  const pages = useVersionPages(name)
  const settings = useModelSettings(name)
  const requests = useRequestPages({ name })
  // A search has versions without their aliases.
  const versions = (pages.data?.pages ?? [])
    .flatMap((page) => page.model_versions ?? [])
    .map((version) => ({ ...version, aliases: aliasesOf(model, version.version) }))
  const runs = useSourceRuns(versions.map((version) => version.run_id))
  if (pages.isPending) return <Loading what="the versions" />
  if (pages.isError && !pages.isFetchNextPageError) {
    return <Failure what="The versions could not be loaded." error={pages.error} retry={pages.refetch} />
  }
  if (versions.length === 0) {
    return (
      <section className={styles['section']}>
        <h2>No versions yet</h2>
        <p>Register the first one from a run:</p>
        <CodeChoice
          what="Register a version"
          languages={registerLanguages}
          codeOf={(language) => registerSnippet(language, serverUrl, name)}
        />
      </section>
    )
  }
  return (
    <>
      <StageLane
        name={name}
        versions={versions}
        runs={runs.data}
        settings={settings.data}
        requests={requests.data?.pages.flatMap((page) => page.requests ?? []) ?? []}
      />
      {runs.isError && (
        <Failure what="The metrics of the source runs could not be loaded." error={runs.error} retry={runs.refetch} />
      )}
      <VersionsTable
        model={model}
        versions={versions}
        runs={runs.data}
        settings={settings.data}
        chosen={cols}
        onChoose={(chosen) =>
          void navigate({
            to: '/models/$name',
            params: { name },
            search: chosen === undefined ? {} : { cols: chosen },
            replace: true,
            resetScroll: false,
          })
        }
      />
      <LoadMore pages={pages} what="versions" />
    </>
  )
}
