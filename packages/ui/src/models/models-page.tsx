import { getRouteApi, Link, useNavigate } from '@tanstack/react-router'
import type { RegisteredModel } from '@trackway/sdk'
import { Plus } from 'lucide-react'
import { useEffect, useRef, useState } from 'react'
import { Button } from '../controls/button.tsx'
import { metricText } from '../controls/display-text.ts'
import { EmptyState, Failure, Loading, LoadMore } from '../controls/notices.tsx'
import { TagList, userTags } from '../controls/tag-list.tsx'
import { TextField } from '../controls/text-field.tsx'
import { Ago } from '../controls/time.tsx'
import { serverUrl } from '../server.ts'
import { useCrumbs } from '../shell/crumbs.tsx'
import { CodeChoice } from './code-choice.tsx'
import { CreateModelDialog } from './create-model-dialog.tsx'
import { headlineMetric } from '@trackway/sdk'
import { modelFilter, useModelPages } from './model-queries.ts'
import styles from './models.module.css'
import type { ModelsSearch } from './models-search.ts'
import { registerLanguages, registerSnippet } from './register-snippet.ts'
import { type SourceRun, useSourceRuns } from './source-runs.ts'
import { StageMark } from './stage-mark.tsx'

const route = getRouteApi('/models')
const shownStages = ['Production', 'Staging', 'Archived'] as const

/** The registry: each model with the versions that aliases and stages name, and how good the one in use is. */
export function ModelsPage() {
  useCrumbs([{ label: 'Models' }])
  const { q = '', order } = route.useSearch()
  const navigate = useNavigate()
  const [isCreating, setCreating] = useState(false)
  const filter = modelFilter(q)
  const pages = useModelPages(filter, order)
  const models = pages.data?.pages.flatMap((page) => page.registered_models ?? []) ?? []
  const sources = useSourceRuns(models.map((model) => versionInUse(model)?.run_id ?? ''))
  const change = (changed: { readonly [K in keyof ModelsSearch]?: ModelsSearch[K] | undefined }): void =>
    void navigate({
      to: '/models',
      search: (before) => ({ ...before, ...changed }) as ModelsSearch,
      replace: true,
    })

  return (
    <div className="page">
      <header className="page-head">
        <h1>Models</h1>
        <Button kind="primary" onClick={() => setCreating(true)}>
          <Plus /> New model
        </Button>
      </header>
      <div className={styles['search']}>
        <SearchField value={q} onChange={(typed) => change({ q: typed === '' ? undefined : typed })} />
      </div>
      {pages.isPending && <Loading what="models" />}
      {pages.isError && !pages.isFetchNextPageError && (
        <Failure what="The models could not be loaded." error={pages.error} retry={pages.refetch} />
      )}
      {pages.isSuccess && models.length === 0 && (filter === '' ? <NoModels /> : <NoMatch typed={q} />)}
      {models.length > 0 && (
        <>
          <ModelsTable
            models={models}
            runOf={(model) => sources.data?.get(versionInUse(model)?.run_id ?? '')}
            order={order}
            onOrder={(chosen) => change({ order: chosen })}
          />
          <LoadMore pages={pages} what="models" />
        </>
      )}
      {isCreating && <CreateModelDialog onClose={() => setCreating(false)} />}
    </div>
  )
}

/** The version whose numbers stand for the model: the one in production, else the newest. */
function versionInUse({ latest_versions: latest = [] }: RegisteredModel) {
  return (
    latest.find((version) => version.current_stage === 'Production') ??
    latest.toSorted((a, b) => Number(b.version) - Number(a.version))[0]
  )
}

function SearchField({ value, onChange }: { value: string; onChange: (typed: string) => void }) {
  const [typed, setTyped] = useState(value)
  const sent = useRef(value)
  // Back and Forward change the address under the field.
  useEffect(() => {
    if (value !== sent.current) setTyped(value)
    sent.current = value
  }, [value])
  useEffect(() => {
    if (typed === sent.current) return undefined
    const timer = setTimeout(() => {
      sent.current = typed
      onChange(typed)
    }, 300)
    return () => clearTimeout(timer)
  })
  return (
    <TextField
      label="Search models"
      isBare
      type="search"
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      placeholder="Part of a name, or a filter: tags.team = 'growth'"
    />
  )
}

interface ModelsTableProps {
  readonly models: readonly RegisteredModel[]
  readonly runOf: (model: RegisteredModel) => SourceRun | undefined
  readonly order: ModelsSearch['order']
  readonly onOrder: (order: ModelsSearch['order']) => void
}

function ModelsTable({ models, runOf, order, onOrder }: ModelsTableProps) {
  const isByTime = order?.startsWith('last') === true
  return (
    <div className={styles['scroll']}>
      <table className="table" aria-label="Registered models">
        <thead>
          <tr>
            <th scope="col" aria-sort={isByTime ? 'none' : order === 'name DESC' ? 'descending' : 'ascending'}>
              <button
                type="button"
                className={styles['sort']}
                onClick={() => onOrder(order === undefined ? 'name DESC' : undefined)}
              >
                Name {isByTime ? '' : order === 'name DESC' ? '↓' : '↑'}
              </button>
            </th>
            <th scope="col">Latest</th>
            <th scope="col">Stages</th>
            <th scope="col">Aliases</th>
            <th scope="col">Metric in use</th>
            <th scope="col">Owner</th>
            <th scope="col">Tags</th>
            <th
              scope="col"
              aria-sort={!isByTime ? 'none' : order === 'last_updated_timestamp ASC' ? 'ascending' : 'descending'}
            >
              <button
                type="button"
                className={styles['sort']}
                onClick={() =>
                  onOrder(
                    order === 'last_updated_timestamp DESC'
                      ? 'last_updated_timestamp ASC'
                      : 'last_updated_timestamp DESC',
                  )
                }
              >
                Changed {isByTime ? (order === 'last_updated_timestamp ASC' ? '↑' : '↓') : ''}
              </button>
            </th>
          </tr>
        </thead>
        <tbody>
          {models.map((model) => (
            <ModelRow key={model.name} model={model} run={runOf(model)} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function ModelRow({ model, run }: { model: RegisteredModel; run: SourceRun | undefined }) {
  const { name, latest_versions: latest = [], aliases = [], user_id, tags, description } = model
  const newest = latest.reduce((most, { version }) => Math.max(most, Number(version)), 0)
  const inUse = versionInUse(model)
  const metric = run && headlineMetric([...run.metrics.keys()])
  return (
    <tr>
      <th scope="row">
        <div className={styles['name']}>
          <Link to="/models/$name" params={{ name }} className="cut" title={name}>
            <bdi>{name}</bdi>
          </Link>
          {description !== undefined && description !== '' && (
            <small className="cut" dir="auto">
              {description.split('\n', 1)[0]}
            </small>
          )}
        </div>
      </th>
      <td>{newest > 0 ? <VersionLink name={name} version={String(newest)} /> : <span className="quiet">none</span>}</td>
      <td>
        <span className={styles['chips']}>
          {shownStages.flatMap((stage) => {
            const version = latest.find(({ current_stage }) => current_stage === stage)
            return version === undefined
              ? []
              : [
                  <span key={stage} className={styles['chip']}>
                    <StageMark stage={stage} /> <VersionLink name={name} version={version.version} />
                  </span>,
                ]
          })}
        </span>
      </td>
      <td>
        <span className={styles['chips']}>
          {aliases.map(({ alias, version }) => (
            <span key={alias} className={styles['chip']}>
              <bdi className={styles['alias']} title={alias}>
                {alias}
              </bdi>
              <VersionLink name={name} version={version} />
            </span>
          ))}
        </span>
      </td>
      <td className={styles['metric']}>
        {run && metric !== undefined && (
          <span title={`${metric} of version ${inUse?.version}: ${run.metrics.get(metric)}`}>
            <small>{metric}</small>
            {metricText(run.metrics.get(metric) ?? NaN)}
          </span>
        )}
      </td>
      <td>
        <bdi>{user_id}</bdi>
      </td>
      <td>
        <TagList tags={userTags(tags).slice(0, 3)} />
      </td>
      <td className={styles['metric']}>
        <Ago ms={model.last_updated_timestamp} />
      </td>
    </tr>
  )
}

function VersionLink({ name, version }: { name: string; version: string }) {
  return (
    <Link to="/models/$name/versions/$version" params={{ name, version }}>
      v{version}
    </Link>
  )
}

function NoMatch({ typed }: { typed: string }) {
  return (
    <EmptyState title="No model matches">
      <p>
        None for <code dir="auto">{typed}</code>.{' '}
        <Link to="/models" search={{}} className={styles['in-text'] ?? ''}>
          Show all models
        </Link>
      </p>
    </EmptyState>
  )
}

function NoModels() {
  return (
    <EmptyState title="No models are registered yet">
      <p>
        A registered model gathers the versions of one model: with stages from Staging to Production, aliases such as
        <code> champion</code>, approvals, and the runs that they came from. Register the first one:
      </p>
      <CodeChoice
        what="Register a model"
        languages={registerLanguages}
        codeOf={(language) => registerSnippet(language, serverUrl, 'my-model')}
      />
    </EmptyState>
  )
}
